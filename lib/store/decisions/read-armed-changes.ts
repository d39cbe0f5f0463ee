import type pg from 'pg'
import type { Mode } from '../../policy/vocabulary.ts'

/** The last change of an endpoint, where it undoes itself and nobody touched the mode since. */
export interface ArmedChange {
  readonly id: string
  readonly environmentId: string
  readonly environmentSlug: string
  readonly endpointId: string
  readonly undoFromDenials: number
  readonly fromMode: Mode
  readonly fromPercent: number
}

const ARMED = `
  SELECT m.id, m.environment_id AS "environmentId", v.slug AS "environmentSlug", m.endpoint_id AS "endpointId",
    m.undo_from_denials AS "undoFromDenials", m.from_mode::text AS "fromMode", m.from_percent AS "fromPercent"
  FROM mode_change m JOIN environment v ON v.id = m.environment_id
  JOIN endpoint e ON e.id = m.endpoint_id AND e.mode = m.to_mode AND e.percent = m.to_percent
  WHERE m.undo_from_denials IS NOT NULL
    AND NOT EXISTS (SELECT FROM mode_change l WHERE l.endpoint_id = m.endpoint_id AND (l.at, l.id) > (m.at, m.id))`

export async function readArmedChanges(pool: pg.Pool): Promise<ArmedChange[]> {
  const { rows } = await pool.query<ArmedChange>(ARMED)
  return rows
}
