import type { FieldErrors } from 'react-hook-form'
import { firstMessage } from '../forms/first-message.ts'
import type { Rule } from '#lib/client/object-types.ts'

type Kind = Rule['requirements'][number]['kind']

/** What a requirement needs to be complete, as the person reads it who left it incomplete. */
const NEEDS: Readonly<Record<Exclude<Kind, 'known-device' | 'rate'>, string>> = {
  scopes: 'Choose 1 to 20 scopes, or switch this requirement off.',
  'max-token-age': 'The age must be a whole number of seconds from 30 to 86,400.',
  'sender-constraint': 'Choose at least one kind of proof, or switch this requirement off.',
  network: 'Write 1 to 100 networks in CIDR notation, such as 10.0.0.0/8, one on each line.',
  'autonomous-system': 'Write 1 to 100 numbers of autonomous systems, or switch this requirement off.',
  country: 'Choose at least one country, or switch this requirement off.',
  signals: 'Choose at least one signal, or switch this requirement off.',
  condition: 'Write a condition of at most 1,000 characters, or switch this requirement off.',
}
const RATE_NEEDS: Readonly<Record<string, string>> = {
  requestsMax: 'The number of requests must be a whole number from 1 to 1,000,000.',
  windowSeconds: 'The seconds must be a whole number from 1 to 3,600.',
}

const needsOf = (kind: Kind, member: string | undefined): string | undefined => {
  if (kind === 'rate') return RATE_NEEDS[member ?? 'requestsMax']
  return kind === 'known-device' ? undefined : NEEDS[kind]
}

/** The server says what a schema cannot know, such as where the text of a condition is wrong. */
const isFromServer = (node: unknown): boolean =>
  typeof node === 'object' &&
  node !== null &&
  ('type' in node ? node.type === 'server' : Object.values(node).some(isFromServer))

/** What is wrong with the requirement of a kind, wherever it stands in the rule; with one member of it, where that is named. */
export function requirementError(
  errors: FieldErrors<Rule>,
  rule: Rule,
  kind: Kind,
  member?: string,
): string | undefined {
  const index = rule.requirements.findIndex((requirement) => requirement.kind === kind)
  if (index === -1) return undefined
  const whole = (errors.requirements as readonly unknown[] | undefined)?.[index] // an array at run time
  const node = member === undefined ? whole : (whole as Readonly<Record<string, unknown>> | undefined)?.[member] // a node has its members' nodes
  const message = firstMessage(node)
  return message === undefined || isFromServer(node) ? message : (needsOf(kind, member) ?? message)
}
