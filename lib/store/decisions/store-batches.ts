import type pg from 'pg'
import { sumTokenAges } from './sum-token-ages.ts'

const MINUTE_MS = 60_000

export interface CountRow {
  readonly signatureId: string
  /** Start of the minute. */
  readonly minuteMs: number
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
  readonly actors: readonly string[]
  readonly device: string | null
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
  WITH sent AS (
    SELECT key, ordinality AS number, instance_id, dropped
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS sent (key, instance_id, dropped, ordinality)
  ), inserted AS (
    INSERT INTO ingest_batch (batch_id) SELECT key FROM sent ORDER BY key ON CONFLICT DO NOTHING RETURNING batch_id
  ), stored AS (
    SELECT sent.* FROM sent JOIN inserted ON inserted.batch_id = sent.key
  ), counted AS (
    SELECT row.signature_id, 'epoch'::timestamptz + row.minute * interval '1 minute' AS bucket, sum(row.count)::bigint AS count, ${sumTokenAges('row.ages')} AS ages
    FROM (
      SELECT number, signature_id, minute, count, ages::bigint[] AS ages
      FROM unnest($4::int[], $5::bigint[], $6::int[], $7::bigint[], $8::text[]) AS unnested (number, signature_id, minute, count, ages)
    ) AS row
    JOIN stored USING (number)
    GROUP BY row.signature_id, row.minute
  ), minutes AS (
    INSERT INTO decision_minute AS known (signature_id, bucket, shard, count, token_ages)
    SELECT signature_id, bucket, $9::smallint, count, ages FROM counted WHERE bucket >= $10 ORDER BY bucket, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET
      count = known.count + excluded.count, token_ages = add_token_ages(known.token_ages, excluded.token_ages)
  ), hours AS (
    INSERT INTO decision_hour AS known (signature_id, bucket, shard, count, token_ages)
    SELECT signature_id, date_trunc('hour', bucket, 'UTC') AS hour, $9::smallint, sum(count)::bigint, ${sumTokenAges('ages')}
    FROM counted GROUP BY signature_id, hour ORDER BY hour, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET
      count = known.count + excluded.count, token_ages = add_token_ages(known.token_ages, excluded.token_ages)
  ), samples AS (
    INSERT INTO decision_sample (id, at, signature_id, environment_id, instance_id, path, address, user_agent, subject, actors, device, token_id, token_age_seconds, checks, revision)
    SELECT sample.id, sample.at, sample.signature_id, sample.environment_id, sample.instance_id, sample.path, sample.address, sample.user_agent,
      sample.subject, sample.actors, sample.device, sample.token_id, sample.token_age_seconds, sample.checks, sample.revision
    FROM jsonb_to_recordset($11::jsonb) AS sample (number bigint, id uuid, at timestamptz, signature_id bigint, environment_id uuid, instance_id uuid, path text,
      address text, user_agent text, subject text, actors text[], device text, token_id text, token_age_seconds float8, checks jsonb, revision int)
    JOIN stored USING (number)
    ON CONFLICT DO NOTHING
  ), drops AS (
    UPDATE instance SET dropped_total = dropped_total + reported.dropped
    FROM (SELECT instance_id, sum(dropped)::bigint AS dropped FROM stored WHERE dropped > 0 GROUP BY instance_id) AS reported
    WHERE instance.id = reported.instance_id
  )
  SELECT key FROM stored`

/** Answers the keys of the batches that were not stored before. */
export async function storeBatches(
  pool: pg.Pool,
  batches: readonly BatchRows[],
  shard: number,
  minutesFrom: Date,
): Promise<Set<string>> {
  const columns = toColumns(batches)
  const { rows } = await pool.query<{ key: string }>({
    name: 'store-batches',
    text: STORE,
    values: [
      batches.map(({ key }) => key),
      batches.map(({ instanceId }) => instanceId),
      batches.map(({ dropped }) => dropped),
      toArrayLiteral(columns.numbers),
      toArrayLiteral(columns.signatureIds),
      toArrayLiteral(columns.minutes),
      toArrayLiteral(columns.counts),
      toArrayLiteral(columns.ages),
      shard,
      minutesFrom,
      JSON.stringify(batches.flatMap(toSampleRecords)),
    ],
  })
  return new Set(rows.map(({ key }) => key))
}

interface Columns {
  readonly numbers: number[]
  readonly signatureIds: string[]
  readonly minutes: number[]
  readonly counts: number[]
  readonly ages: string[]
}

function toColumns(batches: readonly BatchRows[]): Columns {
  const columns: Columns = { numbers: [], signatureIds: [], minutes: [], counts: [], ages: [] }
  batches.forEach(({ counts }, position) => {
    for (const { signatureId, minuteMs, count, tokenAges } of counts) {
      columns.numbers.push(position + 1)
      columns.signatureIds.push(signatureId)
      columns.minutes.push(minuteMs / MINUTE_MS)
      columns.counts.push(count)
      columns.ages.push(tokenAges === null ? 'NULL' : `"{${tokenAges.join()}}"`)
    }
  })
  return columns
}

/** For numbers and what is quoted already: pg itself would look at every element for characters to escape. */
const toArrayLiteral = (elements: readonly (number | string)[]): string => `{${elements.join()}}`

const toSampleRecords = ({ environmentId, instanceId, samples }: BatchRows, position: number): object[] =>
  samples.map((sample) => ({
    number: position + 1,
    id: sample.id,
    at: sample.at,
    signature_id: sample.signatureId,
    environment_id: environmentId,
    instance_id: instanceId,
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
  }))
