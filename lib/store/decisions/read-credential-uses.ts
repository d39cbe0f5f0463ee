import type pg from 'pg'

/** One program that used a credential from one address. */
export interface CredentialUseRow {
  readonly credentialId: string
  readonly credentialName: string
  readonly clientId: string
  readonly workload: string
  readonly address: string
  readonly firstAt: Date
  readonly lastAt: Date
  readonly count: number
}

/** Who used the live credentials that more than one program used since a time. */
export async function readCredentialUses(
  pool: pg.Pool,
  environmentId: string,
  since: Date,
  clientId: string | null,
): Promise<CredentialUseRow[]> {
  const { rows } = await pool.query<CredentialUseRow>(
    `SELECT c.id AS "credentialId", c.name AS "credentialName", i.client_id AS "clientId", u.workload, u.address,
       u.first_at AS "firstAt", u.last_at AS "lastAt", u.count::float8 AS count
     FROM credential_use u JOIN credential c ON c.id = u.credential_id JOIN identity i ON i.id = c.identity_id
     WHERE c.environment_id = $1 AND u.last_at > $2 AND u.workload <> '' AND c.revoked_at IS NULL AND ($3::text IS NULL OR i.client_id = $3)
       AND (SELECT count(DISTINCT o.workload) FROM credential_use o WHERE o.credential_id = c.id AND o.last_at > $2 AND o.workload <> '') > 1
     ORDER BY i.client_id, c.id, u.workload, u.address`,
    [environmentId, since, clientId],
  )
  return rows
}
