import type { Mode, Outcome, Reason } from '../../policy/vocabulary.ts'

export interface DecisionFilter {
  readonly environmentId: string
  readonly from: Date
  readonly to: Date
  readonly service?: string | undefined
  readonly endpoint?: string | undefined
  readonly caller?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly reason?: Reason | undefined
  /** Mode the decisions were made in. */
  readonly mode?: Mode | undefined
}

/** Key of a signature's caller, as lib/evidence/caller.ts makes it. */
export const CALLER_KEY = `CASE WHEN s.caller IS NULL THEN 'anonymous:' || coalesce(nullif(s.caller_hint, ''), 'unknown client') ELSE s.caller_kind || ':' || s.caller END`

/** Tables every question about decisions starts from; $1 is the environment. */
export const SIGNATURES = `decision_signature s JOIN service v ON v.id = s.service_id
  LEFT JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route`

/** Conditions over `s`, `v` and `e`, and their values: $1 to $7. */
export const CONDITIONS = `s.environment_id = $1 AND ($2::text IS NULL OR v.slug = $2) AND ($3::uuid IS NULL OR e.id = $3)
  AND ($4::text IS NULL OR ${CALLER_KEY} = $4) AND ($5::text IS NULL OR (s.outcome = $5 AND s.evaluated)) AND ($6::text IS NULL OR s.reason = $6) AND ($7::text IS NULL OR s.mode::text = $7)`

export const conditionValues = (filter: DecisionFilter): (string | null)[] => [
  filter.environmentId,
  filter.service ?? null,
  filter.endpoint ?? null,
  filter.caller ?? null,
  filter.outcome ?? null,
  filter.reason ?? null,
  filter.mode ?? null,
]
