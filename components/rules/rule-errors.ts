import type { FieldErrors } from 'react-hook-form'
import { firstMessage } from '../forms/first-message.ts'
import type { Rule } from '#lib/client/object-types.ts'

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
