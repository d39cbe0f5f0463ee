import type pg from 'pg'

/** `orders GET /orders/:id`, by id. */
export async function readEndpointNames(pool: pg.Pool, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: string; name: string }>(
    `SELECT e.id, v.slug || ' ' || e.method || ' ' || e.route AS name FROM endpoint e JOIN service v ON v.id = e.service_id WHERE e.id = ANY ($1::uuid[])`,
    [ids],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}
