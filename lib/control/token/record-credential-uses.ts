import type pg from 'pg'

export interface CredentialUseCount {
  readonly credentialId: string
  readonly workload: string
  readonly address: string
  readonly lastAt: Date
  readonly count: number
}

/** Adds uses, many at once. Rows are written in one order, so that two gateways cannot deadlock. */
export async function recordCredentialUses(pool: pg.Pool, uses: readonly CredentialUseCount[]): Promise<void> {
  await pool.query(
    `WITH used AS (
       SELECT credential.id, seen.workload, seen.address, seen.at, seen.count
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[]) AS seen (id, workload, address, at, count)
       JOIN credential ON credential.id = seen.id
     ), counted AS (
       INSERT INTO credential_use AS known (credential_id, workload, address, first_at, last_at, count)
       SELECT id, workload, address, at, at, count FROM used ORDER BY id, workload, address
       ON CONFLICT (credential_id, workload, address) DO UPDATE SET
         last_at = greatest(known.last_at, excluded.last_at), count = known.count + excluded.count
     )
     UPDATE credential SET last_used_at = newest.at
     FROM (SELECT id, max(at) AS at FROM used GROUP BY id ORDER BY id) AS newest
     WHERE credential.id = newest.id AND (credential.last_used_at IS NULL OR credential.last_used_at < newest.at - interval '1 minute')`,
    [
      uses.map((use) => use.credentialId),
      uses.map((use) => use.workload),
      uses.map((use) => use.address),
      uses.map((use) => use.lastAt),
      uses.map((use) => use.count),
    ],
  )
}
