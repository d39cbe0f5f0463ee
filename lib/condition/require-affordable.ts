import type { ASTNode } from '@marcbachmann/cel-js'
import { ConditionError } from './condition-error.ts'
import { LOOPS, partsOf } from './expression-parts.ts'
import { LIST_LENGTH_MAX } from './to-values.ts'

/** Steps one evaluation may take at worst, where every list is as long as a list may be. */
const COST_MAX = 5_000

/**
 * What a condition may call. Left out is what costs more than its length says (`matches`, `map`, `filter`), what depends on
 * more than its arguments (time zones), and what does not do what the language says it does (`lowerAscii` of the evaluator).
 */
const FUNCTIONS = ['has', 'size', 'string']
const METHODS = [...LOOPS, 'size', 'startsWith', 'endsWith', 'contains']
const CALLABLE = [...new Set([...FUNCTIONS, ...METHODS])].join(', ')

type CallNode = Extract<ASTNode, { op: 'call' | 'rcall' }>

const sum = (nodes: readonly ASTNode[]): number => nodes.reduce((total, node) => total + costOf(node), 0)

function requireCallable({ args: [name], input, start }: CallNode, allowed: readonly string[]): void {
  if (!allowed.includes(name)) throw new ConditionError(`${name}() cannot be used; there are ${CALLABLE}`, input, start)
}

/** Steps at worst. Throws at the first function that may not be called. */
function costOf(node: ASTNode): number {
  const { children, repeated } = partsOf(node)
  if (node.op === 'call') requireCallable(node, FUNCTIONS)
  if (node.op === 'rcall') requireCallable(node, METHODS)
  return 1 + sum(children) + LIST_LENGTH_MAX * sum(repeated)
}

/** Throws {@link ConditionError} for an expression that calls what it may not, or takes more steps than a request may wait for. */
export function requireAffordable(ast: ASTNode): void {
  if (costOf(ast) > COST_MAX) throw new ConditionError('takes too many steps: use fewer or shorter loops', ast.input, 0)
}
