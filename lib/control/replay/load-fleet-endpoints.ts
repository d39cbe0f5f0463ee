import type pg from 'pg'
import type { FleetEndpoint } from '../../evidence/fleet.ts'
import { RULE_DEFAULT, type Rule } from '../../policy/rule.ts'
import type { Mode } from '../../policy/vocabulary.ts'

export interface NamedEndpoint extends FleetEndpoint {
  readonly id: string
  readonly serviceSlug: string
  readonly method: string
  readonly route: string
}

interface Row extends Omit<NamedEndpoint, 'rule' | 'gate'> {
  readonly mode: Mode
  readonly percent: number
  readonly rule: Rule | null
}

/** Every endpoint of an environment by id, with what decides there. */
export async function loadFleetEndpoints(pool: pg.Pool, environmentId: string): Promise<Map<string, NamedEndpoint>> {
  const { rows } = await pool.query<Row>(
    `SELECT e.id, e.service_id AS "serviceId", v.slug AS "serviceSlug", e.method, e.route, e.mode::text AS mode, e.percent, e.rule
     FROM endpoint e JOIN service v ON v.id = e.service_id WHERE e.environment_id = $1`,
    [environmentId],
  )
  return new Map(
    rows.map(({ mode, percent, rule, ...row }) => [
      row.id,
      { ...row, gate: { mode, percent }, rule: rule ?? RULE_DEFAULT },
    ]),
  )
}
