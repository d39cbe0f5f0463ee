import type pg from 'pg'

export interface SharedCredential {
  readonly clientId: string
  readonly workloads: readonly string[]
}

/** Identities one of whose credentials was used by more than one program since a time. */
export async function readSharedCredentials(
  pool: pg.Pool,
  environmentId: string,
  since: Date,
): Promise<SharedCredential[]> {
  const { rows } = await pool.query<SharedCredential>(
    `SELECT i.client_id AS "clientId", array_agg(DISTINCT u.workload ORDER BY u.workload) AS workloads
     FROM credential_use u JOIN credential c ON c.id = u.credential_id JOIN identity i ON i.id = c.identity_id
     WHERE c.environment_id = $1 AND u.last_at > $2 AND u.workload <> ''
       AND (SELECT count(DISTINCT o.workload) FROM credential_use o WHERE o.credential_id = c.id AND o.last_at > $2 AND o.workload <> '') > 1
     GROUP BY i.client_id ORDER BY i.client_id`,
    [environmentId, since],
  )
  return rows
}
