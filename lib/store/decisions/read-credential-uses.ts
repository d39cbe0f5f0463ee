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

/** Rows of one credential: names of programs are their own word, and may be many. */
const ROWS_MAX = 500

const USES = `
  SELECT * FROM (
    SELECT c.id AS "credentialId", c.name AS "credentialName", i.client_id AS "clientId", u.workload, u.address, u.first_at AS "firstAt",
      u.last_at AS "lastAt", u.count::float8 AS count, row_number() OVER (PARTITION BY c.id ORDER BY u.count DESC) AS place
    FROM credential_use u JOIN credential c ON c.id = u.credential_id JOIN identity i ON i.id = c.identity_id
    WHERE c.environment_id = $1 AND u.last_at > $2 AND u.workload <> '' AND c.revoked_at IS NULL AND ($3::text IS NULL OR i.client_id = $3)
      AND EXISTS (SELECT FROM credential_use o WHERE o.credential_id = c.id AND o.last_at > $2 AND o.workload NOT IN ('', u.workload))
  ) uses WHERE place <= ${ROWS_MAX} ORDER BY "clientId", "credentialId", workload, address`

/** Who used the live credentials that more than one program used since a time; of each, the rows with most uses. */
export async function readCredentialUses(
  pool: pg.Pool,
  environmentId: string,
  since: Date,
  clientId: string | null,
): Promise<CredentialUseRow[]> {
  const { rows } = await pool.query<CredentialUseRow>(USES, [environmentId, since, clientId])
  return rows
}
