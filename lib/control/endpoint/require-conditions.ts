import { compileCondition, ConditionError } from '../../condition/compile-condition.ts'
import type { Rule } from '../../policy/rule.ts'
import { ControlError, type FieldError } from '../control-error.ts'

/** `:name` and `*name` of Express, Koa, Hono and Fastify, `[name]` and `[...name]` of Next. */
const NAMED = /[:*]([A-Za-z_$][\w$]*)|\[\.{0,3}([^\]]+)\]/g
/** Parts without a name of their own: each framework numbers or names them in its own way. */
const UNNAMED = /[(]|[*](?![A-Za-z_$])/

function findUnknownParam(params: readonly string[], route: string): string | null {
  if (UNNAMED.test(route)) return null
  const named = Array.from(route.matchAll(NAMED), ([, name, bracketed]) => name ?? bracketed)
  return params.find((param) => !named.includes(param)) ?? null
}

function findProblem(expression: string, routes: readonly string[]): string | null {
  try {
    const { params } = compileCondition(expression)
    for (const route of routes) {
      const unknown = findUnknownParam(params, route)
      if (unknown !== null) return `${route} has no parameter ${unknown}, so it would never hold`
    }
    return null
  } catch (error) {
    if (error instanceof ConditionError) return error.message
    throw error
  }
}

/**
 * A condition that an instance cannot read, or that asks for a parameter the route does not have, would deny everybody. Throws
 * naming the field, and where the problem lies in it.
 */
export function requireConditions(rule: Rule | null, routes: readonly string[], place = '/rule'): void {
  const errors = (rule?.requirements ?? []).flatMap((requirement, at): FieldError[] => {
    const detail = requirement.kind === 'condition' ? findProblem(requirement.expression, routes) : null
    return detail === null ? [] : [{ pointer: `${place}/requirements/${at}/expression`, detail }]
  })
  if (errors.length > 0) throw new ControlError('invalid-value', 'The condition cannot be used.', errors)
}
