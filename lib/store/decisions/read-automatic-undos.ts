import type pg from 'pg'

export interface AutomaticUndo {
  readonly endpointId: string
  readonly at: Date
  readonly reason: string
}

/** Endpoints whose last change of mode was undone by itself, in the last week. */
export async function readAutomaticUndos(pool: pg.Pool, environmentId: string): Promise<AutomaticUndo[]> {
  const { rows } = await pool.query<AutomaticUndo>(
    `SELECT m.endpoint_id AS "endpointId", m.at, m.reason FROM mode_change m
     WHERE m.environment_id = $1 AND m.is_automatic AND m.at > now() - interval '7 days'
       AND NOT EXISTS (SELECT FROM mode_change l WHERE l.endpoint_id = m.endpoint_id AND (l.at, l.id) > (m.at, m.id))`,
    [environmentId],
  )
  return rows
}
