import type pg from 'pg'
import type { Mode } from '../../policy/vocabulary.ts'

export interface ServiceSettings {
  readonly undeclaredMode: Mode
  /** 0 while nobody has made a setting. */
  readonly version: number
  readonly endpoints: {
    readonly off: number
    readonly 'log-only': number
    readonly enforce: number
    readonly enforcePartial: number
  }
  /** Revision at which the snapshot last changed. */
  readonly revision: number | null
}

interface Row {
  readonly serviceId: string
  readonly undeclaredMode: Mode
  readonly version: number
  readonly off: number
  readonly logOnly: number
  readonly enforce: number
  readonly enforcePartial: number
  readonly revision: number | null
}

/** What one environment says of each service; by service id. */
export async function readServiceSettings(pool: pg.Pool, environmentId: string): Promise<Map<string, ServiceSettings>> {
  const { rows } = await pool.query<Row>(
    `SELECT v.id AS "serviceId", coalesce(t.undeclared_mode, 'off')::text AS "undeclaredMode", coalesce(t.version, 0) AS version,
       coalesce(n.off, 0) AS off, coalesce(n.log_only, 0) AS "logOnly", coalesce(n.enforce, 0) AS enforce, coalesce(n.partial, 0) AS "enforcePartial",
       (SELECT max(revision) FROM service_snapshot p WHERE p.environment_id = $1 AND p.service_id = v.id) AS revision
     FROM service v
     LEFT JOIN service_setting t ON t.service_id = v.id AND t.environment_id = $1
     LEFT JOIN (
       SELECT service_id, count(*) FILTER (WHERE mode = 'off') AS off, count(*) FILTER (WHERE mode = 'log-only') AS log_only,
         count(*) FILTER (WHERE mode = 'enforce') AS enforce, count(*) FILTER (WHERE mode = 'enforce' AND percent < 100) AS partial
       FROM endpoint WHERE environment_id = $1 GROUP BY service_id) n ON n.service_id = v.id`,
    [environmentId],
  )
  return new Map(rows.map((row) => [row.serviceId, toSettings(row)]))
}

const toSettings = (row: Row): ServiceSettings => ({
  undeclaredMode: row.undeclaredMode,
  version: row.version,
  endpoints: { off: row.off, 'log-only': row.logOnly, enforce: row.enforce, enforcePartial: row.enforcePartial },
  revision: row.revision,
})
