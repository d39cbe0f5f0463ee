import { Environment, EvaluationError, ParseError, TypeError as ExpressionTypeError } from '@marcbachmann/cel-js'
import { ConditionError } from './condition-error.ts'
import { listParams } from './expression-parts.ts'
import { requireAffordable } from './require-affordable.ts'

export { ConditionError } from './condition-error.ts'
export { toClaimValues, toParamValues } from './to-values.ts'

/** What an expression can refer to, as `toParamValues` and `toClaimValues` make it. */
export interface ConditionInput {
  /** Parameters of the route, each a string. */
  readonly params: ReadonlyMap<string, string>
  /** Claims of the verified token. */
  readonly token: ReadonlyMap<string, unknown>
}

export interface Condition {
  /** As written. */
  readonly expression: string
  /** Names of the parameters it refers to, sorted. */
  readonly params: readonly string[]
  /** Whether it is true. An expression that fails, for example for lack of a claim, does not hold. Never throws. */
  readonly holds: (input: ConditionInput) => boolean
}

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  enableOptionalTypes: false,
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 4 },
})
  .registerVariable('params', 'map<string, string>')
  .registerVariable('token', 'map<string, dyn>')

function toConditionError(error: unknown, expression: string): unknown {
  const isOfExpression =
    error instanceof ParseError || error instanceof ExpressionTypeError || error instanceof EvaluationError
  return isOfExpression ? new ConditionError(error.summary, expression, error.range?.start ?? 0) : error
}

function parse(expression: string): ReturnType<typeof environment.parse> {
  try {
    return environment.parse(expression)
  } catch (error) {
    throw toConditionError(error, expression)
  }
}

/**
 * Compiles a condition in the Common Expression Language over `params` and `token`. Throws {@link ConditionError} unless it is
 * a well-typed expression that is true or false, calls only what is allowed, and is bounded in the steps it takes.
 */
export function compileCondition(expression: string): Condition {
  const evaluate = parse(expression)
  requireAffordable(evaluate.ast)
  const checked = evaluate.check()
  if (!checked.valid) throw toConditionError(checked.error, expression)
  if (checked.type !== 'bool')
    throw new ConditionError('must be true or false: compare with a value, as in token.admin == true', expression, 0)
  const params = [...new Set(listParams(evaluate.ast))].sort()
  return { expression, params, holds: (input) => isTrue(evaluate, input) }
}

function isTrue(evaluate: (input: Record<string, unknown>) => unknown, { params, token }: ConditionInput): boolean {
  try {
    return evaluate({ params, token }) === true
  } catch {
    // What the language calls an error, such as a claim that is not there: it does not hold.
    return false
  }
}
