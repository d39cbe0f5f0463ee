import type pg from 'pg'

export interface NewSample {
  readonly id: string
  readonly at: Date
  readonly signatureId: string
  readonly environmentId: string
  readonly instanceId: string
  readonly path: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly subject: string | null
  readonly actors: readonly string[]
  readonly device: string | null
  readonly tokenId: string | null
  readonly tokenAgeSeconds: number | null
  readonly checks: readonly object[]
  readonly revision: number
}

const STORE = `
  INSERT INTO decision_sample (id, at, signature_id, environment_id, instance_id, path, address, user_agent, subject, actors, device, token_id, token_age_seconds, checks, revision)
  SELECT id, at, signature_id, environment_id, instance_id, path, address, user_agent, subject, actors, device, token_id, token_age_seconds, checks, revision
  FROM jsonb_to_recordset($1::jsonb) AS sample (id uuid, at timestamptz, signature_id bigint, environment_id uuid, instance_id uuid, path text, address text,
    user_agent text, subject text, actors text[], device text, token_id text, token_age_seconds float8, checks jsonb, revision int)
  ORDER BY at, id
  ON CONFLICT DO NOTHING`

export async function storeSamples(pool: pg.Pool, samples: readonly NewSample[]): Promise<void> {
  if (samples.length === 0) return
  await pool.query({ name: 'store-samples', text: STORE, values: [JSON.stringify(samples.map(toRecord))] })
}

const toRecord = (sample: NewSample): object => ({
  id: sample.id,
  at: sample.at,
  signature_id: sample.signatureId,
  environment_id: sample.environmentId,
  instance_id: sample.instanceId,
  path: sample.path,
  address: sample.address,
  user_agent: sample.userAgent,
  subject: sample.subject,
  actors: sample.actors,
  device: sample.device,
  token_id: sample.tokenId,
  token_age_seconds: sample.tokenAgeSeconds,
  checks: sample.checks,
  revision: sample.revision,
})
