import type { Rule } from '../../policy/rule.ts'
import type { Tx } from '../context.ts'
import { ControlError, type FieldError } from '../control-error.ts'
import { requireConditions } from './require-conditions.ts'

/** A rule must be one that requests to these routes of the service can meet. Throws naming the field at fault. */
export async function requireUsableRule(
  tx: Tx,
  service: { id: string; slug: string },
  routes: readonly string[],
  rule: Rule | null,
): Promise<void> {
  requireConditions(rule, routes)
  await requireOwnScopes(tx, service, rule)
}

/** A rule may only name scopes that the endpoint's service owns: others could never be in a token for it. */
async function requireOwnScopes(tx: Tx, service: { id: string; slug: string }, rule: Rule | null): Promise<void> {
  const named = (rule?.requirements ?? []).flatMap((requirement, at) =>
    requirement.kind === 'scopes'
      ? requirement.allOf.map((scope, index) => ({ scope, pointer: `/rule/requirements/${at}/allOf/${index}` }))
      : [],
  )
  if (named.length === 0) return
  const owned = await tx.scope.findMany({
    where: { serviceId: service.id, name: { in: named.map(({ scope }) => scope) } },
    select: { name: true },
  })
  const names = new Set(owned.map(({ name }) => name))
  const errors: FieldError[] = named
    .filter(({ scope }) => !names.has(scope))
    .map(({ scope, pointer }) => ({ pointer, detail: `${scope} is not a scope of ${service.slug}` }))
  if (errors.length > 0)
    throw new ControlError('invalid-value', `${errors[0]?.detail ?? ''}. Create the scope first.`, errors)
}
