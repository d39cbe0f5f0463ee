import type { CheckResult, Facts } from '../../../lib/policy/decision.ts'
import { explain, explainUndeclared } from '../../../lib/policy/explain.ts'
import type { Binding } from './route-table.ts'

export type ExplainDecision = (facts: Facts, binding: Pick<Binding, 'isDeclared' | 'rule'>) => readonly CheckResult[]

/** Every check that a request of this route goes through, in the order in which they count. */
export const explainDecision: ExplainDecision = (facts, { isDeclared, rule }) =>
  isDeclared ? explain(facts, rule) : explainUndeclared(facts)
