import type pg from 'pg'

export interface NewestSnapshot {
  readonly serviceId: string
  readonly serviceSlug: string
  readonly revision: number
  readonly body: string
}

/** The newest snapshot of each named service, where it is newer than the revision that is known. */
export async function readNewestSnapshots(
  pool: pg.Pool,
  environmentId: string,
  known: ReadonlyMap<string, number>,
): Promise<NewestSnapshot[]> {
  const { rows } = await pool.query<NewestSnapshot>(
    `SELECT service.id AS "serviceId", service.slug AS "serviceSlug", newest.revision, newest.body
     FROM unnest($2::text[], $3::int[]) AS known (slug, revision)
     JOIN service ON service.slug = known.slug
     CROSS JOIN LATERAL (
       SELECT revision, body FROM service_snapshot
       WHERE environment_id = $1 AND service_id = service.id
       ORDER BY revision DESC LIMIT 1) newest
     WHERE newest.revision <> known.revision`,
    [environmentId, [...known.keys()], [...known.values()]],
  )
  return rows
}
