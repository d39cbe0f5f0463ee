import type pg from 'pg'
import { boundMinutes } from '#lib/store/decisions/retention.ts'
import { storeDaySegments } from '#lib/store/decisions/day-segments.ts'
import { settleDays } from '#lib/store/decisions/settle-days.ts'

/** Days for which the counts and the evidence are kept. Evidence asks for 30. */
export const RETENTION_DAYS = { decision_minute: 14, decision_hour: 62, decision_sample: 31 } as const
const AHEAD_DAYS = 7

/** Makes room for the days to come, drops what is past its retention, and folds the days that are over, for gateways that start too. */
export async function keepPartitions(pool: pg.Pool): Promise<void> {
  await pool.query('SELECT ensure_decision_partitions(current_date - 1, current_date + $1::int)', [AHEAD_DAYS])
  for (const [table, days] of Object.entries(RETENTION_DAYS)) {
    await pool.query('SELECT drop_decision_partitions($1, (current_date - $2::int))', [table, days])
  }
  await boundMinutes(pool)
  await settleDays(pool)
  await storeDaySegments(pool)
}

/** Only a batch whose answer was lost, and that comes again after an outage as long as this, counts twice. */
const BATCH_IDS_KEPT = '1 day'

/** What has ended and is of no use to anybody. */
const EXPIRED = [
  `DELETE FROM ingest_batch WHERE received_at < now() - interval '${BATCH_IDS_KEPT}'`,
  `DELETE FROM decision_signature WHERE last_at < now() - interval '70 days'`,
  `DELETE FROM decision_day WHERE day < current_date - ${RETENTION_DAYS.decision_hour}`,
  `DELETE FROM decision_day_segment WHERE day < current_date - ${RETENTION_DAYS.decision_hour}`,
  `DELETE FROM decision_day_version WHERE day < current_date - ${RETENTION_DAYS.decision_hour}`,
  `DELETE FROM heard_day WHERE day < current_date - ${RETENTION_DAYS.decision_hour}`,
  `DELETE FROM idempotency_key WHERE created_at < now() - interval '1 day'`,
  `DELETE FROM sign_in_failure WHERE at < now() - interval '1 day'`,
  `DELETE FROM session WHERE expires_at < now() - interval '30 days'`,
  `DELETE FROM setup_link WHERE expires_at < now() - interval '30 days'`,
  `DELETE FROM credential_use WHERE last_at < now() - interval '30 days'`,
  `DELETE FROM credential_network WHERE last_at < now() - interval '90 days'`,
  `DELETE FROM token_activity WHERE hour < now() - interval '31 days'`,
  `DELETE FROM refresh_family WHERE ends_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days'`,
  `DELETE FROM refresh_token WHERE ends_at < now() - interval '1 day'`,
  `DELETE FROM used_assertion WHERE expires_at < now()`,
  `DELETE FROM revoked_token WHERE expires_at < now() - interval '5 minutes'`,
  `DELETE FROM instance WHERE last_seen_at < now() - interval '7 days'`,
] as const

export async function removeExpired(pool: pg.Pool): Promise<void> {
  for (const statement of EXPIRED) await pool.query(statement)
}
