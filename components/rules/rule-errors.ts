import type { FieldErrors } from 'react-hook-form'
import type { Rule } from '#lib/client/object-types.ts'

/** The first message anywhere below a node of react-hook-form's errors. */
function firstMessage(node: unknown, depth = 0): string | undefined {
  if (node === null || typeof node !== 'object' || depth > 5) return undefined
  if ('message' in node && typeof node.message === 'string' && node.message !== '') return node.message
  for (const [key, inner] of Object.entries(node)) {
    const message = key === 'ref' ? undefined : firstMessage(inner, depth + 1)
    if (message !== undefined) return message
  }
  return undefined
}

/** What is wrong with the requirement of a kind, wherever it stands in the rule; with one member of it, where that is named. */
export function requirementError(
  errors: FieldErrors<Rule>,
  rule: Rule,
  kind: Rule['requirements'][number]['kind'],
  member?: string,
): string | undefined {
  const index = rule.requirements.findIndex((requirement) => requirement.kind === kind)
  if (index === -1) return undefined
  const node = (errors.requirements as readonly unknown[] | undefined)?.[index] // an array at run time
  return firstMessage(member === undefined ? node : (node as Readonly<Record<string, unknown>> | undefined)?.[member]) // a node has its members' nodes
}
