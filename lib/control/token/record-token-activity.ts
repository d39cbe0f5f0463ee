import type pg from 'pg'
import type { CredentialKind } from '../../policy/vocabulary.ts'
import type { TOKEN_EVENTS } from '../../contract/token-activity.ts'

export interface TokenActivityCount {
  readonly environmentId: string
  readonly hour: Date
  readonly clientId: string
  readonly event: (typeof TOKEN_EVENTS)[number]
  /** The grant type of what was issued, the error of what was refused. */
  readonly detail: string
  /** Empty where none was looked at. */
  readonly audience: string
  /** Empty where no credential was recognised. */
  readonly credentialKind: CredentialKind | ''
  readonly count: number
  /** Longest that was issued; null where nothing was. */
  readonly lifetimeSeconds: number | null
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Adds counts, many at once. Rows are written in one order, so that two gateways cannot deadlock. */
export async function recordTokenActivity(pool: pg.Pool, counts: readonly TokenActivityCount[]): Promise<void> {
  await pool.query(
    `INSERT INTO token_activity AS known (environment_id, hour, client_id, event, detail, audience, credential_kind, count,
       lifetime_seconds_max, first_at, last_at)
     SELECT seen.* FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::bigint[], $9::int[], $10::timestamptz[], $11::timestamptz[]) AS seen (environment_id, hour, client_id, event, detail,
       audience, credential_kind, count, lifetime_seconds_max, first_at, last_at)
     JOIN environment ON environment.id = seen.environment_id
     ORDER BY 1, 2, 3, 4, 5, 6, 7
     ON CONFLICT (environment_id, hour, client_id, event, detail, audience, credential_kind) DO UPDATE SET
       count = known.count + excluded.count,
       lifetime_seconds_max = greatest(known.lifetime_seconds_max, excluded.lifetime_seconds_max),
       first_at = least(known.first_at, excluded.first_at),
       last_at = greatest(known.last_at, excluded.last_at)`,
    [
      counts.map(({ environmentId }) => environmentId),
      counts.map(({ hour }) => hour),
      counts.map(({ clientId }) => clientId),
      counts.map(({ event }) => event),
      counts.map(({ detail }) => detail),
      counts.map(({ audience }) => audience),
      counts.map(({ credentialKind }) => credentialKind),
      counts.map(({ count }) => count),
      counts.map(({ lifetimeSeconds }) => lifetimeSeconds),
      counts.map(({ firstAt }) => firstAt),
      counts.map(({ lastAt }) => lastAt),
    ],
  )
}
