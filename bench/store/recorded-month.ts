import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Database } from '#lib/store/database.ts'

export const SERVICES = 10
const ENDPOINTS_PER_SERVICE = 200
const CALLERS_PER_ENDPOINT = 10
const CALLERS = 250
export const SIGNATURES = SERVICES * ENDPOINTS_PER_SERVICE * CALLERS_PER_ENDPOINT
export const DAYS = 30
const DECISIONS_PER_DAY = 100_000_000
const REQUESTS_PER_HOUR = DECISIONS_PER_DAY / SIGNATURES / 24

/** Shares of the token ages up to 5, 15, 30, 60, 120, 240, 300, 600 and 900 seconds. */
const AGE_SHARES = [0.02, 0.03, 0.05, 0.05, 0.1, 0.15, 0.05, 0.35] as const
const OLDER_BUCKETS = 8

export interface RecordedMonth {
  readonly environmentId: string
  /** Times 100 million decisions a day. */
  readonly volume: number
}

/** An environment in which every signature was met in every hour of a month, as decisions are stored: folded. */
export async function createEnvironment({ prisma, pool }: Database, volume: number): Promise<RecordedMonth> {
  const { id: environmentId } = await prisma.environment.create({
    data: { slug: `bench-${randomUUID().slice(0, 8)}`, name: `${String(volume)} ×` },
  })
  for (let number = 0; number < SERVICES; number++) {
    const slug = `service-${String(number)}`
    const { id: serviceId } = await prisma.service.upsert({ where: { slug }, create: { slug, name: slug }, update: {} })
    await prisma.endpoint.createMany({
      data: Array.from({ length: ENDPOINTS_PER_SERVICE }, (_, route) => ({
        environmentId,
        serviceId,
        method: 'GET',
        route: `/things/${String(route)}/:thingId`,
        source: 'manual' as const,
        mode: 'log_only' as const,
        rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: ['things:read'] }] },
      })),
    })
  }
  await pool.query(SIGNATURE_ROWS, [environmentId])
  return { environmentId, volume }
}

/** One of the ten callers of each endpoint lacks the scope. */
const SIGNATURE_ROWS = `
  INSERT INTO decision_signature (environment_id, service_id, endpoint_id, method, route, mode, outcome, reason, caller_kind, caller, issuer, scopes,
    missing_scopes, sender, evaluated, hash, first_at, last_at)
  SELECT $1, e.service_id, e.id, e.method, e.route, 'log-only', CASE WHEN n = 0 THEN 'would-deny' ELSE 'allowed' END, CASE WHEN n = 0 THEN 'scope-missing' END,
    'service', 'caller-' || (row_number() OVER () * 7 + n * 25) % ${CALLERS}, 'http://localhost:3000/e/bench',
    CASE WHEN n = 0 THEN '{}'::text[] ELSE '{things:list,things:read}' END, CASE WHEN n = 0 THEN '{things:read}'::text[] ELSE '{}' END,
    'none', true, sha256((e.id::text || n)::bytea), now() - interval '31 days', now()
  FROM endpoint e CROSS JOIN generate_series(0, ${CALLERS_PER_ENDPOINT - 1}) AS n WHERE e.environment_id = $1`

/** From half to one and a half of the mean, by signature and hour. */
const HOURLY = (hour: string): string =>
  `greatest(1, round(${REQUESTS_PER_HOUR} * $2::float8 * (0.5 + (hashint8(s.id * 1000 + ${hour}) & 1023) / 1023.0)))::bigint`
const AGES = (count: string): string => {
  const shares = AGE_SHARES.map((share) => `floor(${count} * ${share})::bigint`)
  const rest = `${count} - (${shares.join(' + ')})`
  return `ARRAY[${[...shares, rest, ...Array.from({ length: OLDER_BUCKETS }, () => '0::bigint')].join(', ')}]`
}

/** The days that are folded, and the hours of today and yesterday. */
export async function fillMonth(client: pg.Client, { environmentId, volume }: RecordedMonth): Promise<void> {
  await client.query(`SELECT ensure_decision_partitions((current_date - ${DAYS}), current_date + 1)`)
  for (let daysAgo = DAYS - 1; daysAgo >= 2; daysAgo--) {
    const hours = Array.from({ length: 24 }, (_, hour) => HOURLY(String(hour + daysAgo * 24)))
    await client.query(
      `INSERT INTO decision_day (day, signature_id, count, hours, token_ages)
       SELECT current_date - ${String(daysAgo)}, d.id, d.count, d.hours, ${AGES('d.count')}
       FROM (
         SELECT h.id, h.hours, (SELECT sum(hour)::bigint FROM unnest(h.hours) AS hour) AS count
         FROM (SELECT s.id, ARRAY[${hours.join(', ')}] AS hours FROM decision_signature s WHERE s.environment_id = $1 OFFSET 0) AS h
         OFFSET 0
       ) AS d ORDER BY d.id`,
      [environmentId, volume],
    )
  }
  await client.query(
    `INSERT INTO decision_hour (signature_id, bucket, count, token_ages)
     SELECT h.id, h.bucket, h.count, ${AGES('h.count')}
     FROM (
       SELECT s.id, bucket, ${HOURLY('extract(hour FROM bucket)::bigint')} AS count
       FROM decision_signature s CROSS JOIN generate_series((current_date - 1)::timestamptz, date_trunc('hour', now()), interval '1 hour') AS bucket
       WHERE s.environment_id = $1
     ) AS h ORDER BY h.bucket, h.id`,
    [environmentId, volume],
  )
}

/** Minutes of the last hours: every signature in every minute, more than chance would have it. */
export async function fillMinutes(client: pg.Client, { environmentId }: RecordedMonth, hours: number): Promise<void> {
  for (let hour = hours; hour > 0; hour--)
    await client.query(
      `INSERT INTO decision_minute (signature_id, bucket, count)
       SELECT s.id, bucket, 3 FROM generate_series(date_trunc('hour', now()) - $2::int * interval '1 hour', date_trunc('hour', now()) - ($2::int - 1) * interval '1 hour' - interval '1 minute', interval '1 minute') AS bucket
       CROSS JOIN decision_signature s WHERE s.environment_id = $1 ORDER BY bucket, s.id`,
      [environmentId, hour],
    )
}
