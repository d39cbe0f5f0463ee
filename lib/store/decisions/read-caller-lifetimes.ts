import type pg from 'pg'

/** Seconds that tokens of each identity live in an environment, by `client_id`; a scope may make one of them shorter. */
export async function readCallerLifetimes(pool: pg.Pool, environmentId: string): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ clientId: string; seconds: number }>(
    `SELECT i.client_id AS "clientId", coalesce(s.token_lifetime_seconds, n.default_token_lifetime_seconds) AS seconds
     FROM environment n CROSS JOIN identity i
     LEFT JOIN identity_setting s ON s.identity_id = i.id AND s.environment_id = n.id
     WHERE n.id = $1`,
    [environmentId],
  )
  return new Map(rows.map(({ clientId, seconds }) => [clientId, seconds]))
}
