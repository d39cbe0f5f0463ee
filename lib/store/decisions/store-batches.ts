import type pg from 'pg'

export interface CountRow {
  readonly signatureId: string
  /** Start of the minute. */
  readonly bucket: Date
  readonly count: number
  readonly tokenAges: readonly number[] | null
}

export interface SampleRow {
  readonly id: string
  readonly at: Date
  readonly signatureId: string
  readonly path: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly subject: string | null
  readonly tokenId: string | null
  readonly tokenAgeSeconds: number | null
  readonly checks: readonly object[]
  readonly revision: number
}

/** What one report of an instance adds. */
export interface BatchRows {
  /** Id of the batch, unique across services. */
  readonly key: string
  readonly environmentId: string
  readonly instanceId: string
  readonly dropped: number
  readonly counts: readonly CountRow[]
  readonly samples: readonly SampleRow[]
}

/**
 * One statement, and so all or nothing: the ids of the batches go first, and only what belongs to an id that was not there yet is
 * counted. Rows are written in the order of their keys, so that two gateways cannot deadlock; the shard keeps
 * them from waiting for each other.
 */
const STORE = `
  WITH stored AS (
    INSERT INTO ingest_batch (batch_id) SELECT key FROM unnest($1::uuid[]) AS key ORDER BY key
    ON CONFLICT DO NOTHING RETURNING batch_id
  ), counted AS (
    SELECT row.signature_id, row.bucket, sum(row.count)::bigint AS count, sum_token_ages(row.ages::bigint[]) AS ages
    FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::text[]) AS row (batch_id, signature_id, bucket, count, ages)
    JOIN stored USING (batch_id)
    GROUP BY row.signature_id, row.bucket
  ), minutes AS (
    INSERT INTO decision_minute AS known (signature_id, bucket, shard, count, token_ages)
    SELECT signature_id, bucket, $7::smallint, count, ages FROM counted WHERE bucket >= $8 ORDER BY bucket, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET
      count = known.count + excluded.count, token_ages = add_token_ages(known.token_ages, excluded.token_ages)
  ), hours AS (
    INSERT INTO decision_hour AS known (signature_id, bucket, shard, count, token_ages)
    SELECT signature_id, date_trunc('hour', bucket, 'UTC') AS hour, $7::smallint, sum(count)::bigint, sum_token_ages(ages)
    FROM counted GROUP BY signature_id, hour ORDER BY hour, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET
      count = known.count + excluded.count, token_ages = add_token_ages(known.token_ages, excluded.token_ages)
  ), samples AS (
    INSERT INTO decision_sample (id, at, signature_id, environment_id, instance_id, path, address, user_agent, subject, token_id, token_age_seconds, checks, revision)
    SELECT sample.id, sample.at, sample.signature_id, sample.environment_id, sample.instance_id, sample.path, sample.address, sample.user_agent,
      sample.subject, sample.token_id, sample.token_age_seconds, sample.checks, sample.revision
    FROM jsonb_to_recordset($9::jsonb) AS sample (batch_id uuid, id uuid, at timestamptz, signature_id bigint, environment_id uuid, instance_id uuid, path text,
      address text, user_agent text, subject text, token_id text, token_age_seconds float8, checks jsonb, revision int)
    JOIN stored USING (batch_id)
    ON CONFLICT DO NOTHING
  ), drops AS (
    UPDATE instance SET dropped_total = dropped_total + reported.dropped
    FROM (
      SELECT report.instance_id, sum(report.dropped)::bigint AS dropped
      FROM unnest($1::uuid[], $10::uuid[], $11::bigint[]) AS report (batch_id, instance_id, dropped) JOIN stored USING (batch_id)
      WHERE report.dropped > 0 GROUP BY report.instance_id
    ) AS reported
    WHERE instance.id = reported.instance_id
  )
  SELECT batch_id AS key FROM stored`

/** Answers the keys of the batches that were not stored before. */
export async function storeBatches(pool: pg.Pool, batches: readonly BatchRows[], shard: number, minutesFrom: Date): Promise<Set<string>> {
  const counts = batches.flatMap(({ key, counts: rows }) => rows.map((row) => ({ key, ...row })))
  const { rows } = await pool.query<{ key: string }>(STORE, [
    batches.map(({ key }) => key),
    counts.map(({ key }) => key),
    counts.map(({ signatureId }) => signatureId),
    counts.map(({ bucket }) => bucket),
    counts.map(({ count }) => count),
    counts.map(({ tokenAges }) => (tokenAges === null ? null : `{${tokenAges.join()}}`)),
    shard,
    minutesFrom,
    JSON.stringify(batches.flatMap(toSampleRecords)),
    batches.map(({ instanceId }) => instanceId),
    batches.map(({ dropped }) => dropped),
  ])
  return new Set(rows.map(({ key }) => key))
}

const toSampleRecords = ({ key, environmentId, instanceId, samples }: BatchRows): object[] =>
  samples.map((sample) => ({
    batch_id: key,
    id: sample.id,
    at: sample.at,
    signature_id: sample.signatureId,
    environment_id: environmentId,
    instance_id: instanceId,
    path: sample.path,
    address: sample.address,
    user_agent: sample.userAgent,
    subject: sample.subject,
    token_id: sample.tokenId,
    token_age_seconds: sample.tokenAgeSeconds,
    checks: sample.checks,
    revision: sample.revision,
  }))
