import { member, readOneOf, type Field } from '../../../lib/policy/field-reader.ts'
import { parseRule } from '../../../lib/policy/parse-rule.ts'
import { REQUIREMENT_KINDS, type ParsedRule } from '../../../lib/policy/rule.ts'
import { SnapshotFormatError } from '../../../lib/policy/snapshot-format-error.ts'
import { SIGNALS } from '../../../lib/policy/vocabulary.ts'
import { readTexts, requireMembers } from './test-value.ts'

const RULE_MEMBERS = ['scopes', 'access', 'requirements']

function toScopesRule(field: Field): ParsedRule {
  const allOf = readTexts(field)
  return { access: 'token', requirements: allOf.length === 0 ? [] : [{ kind: 'scopes', allOf }] }
}

/** A published rule may ask for what this version does not know, and is refused then; in a test it is a mistake. */
function requireKnownRequirement(field: Field): void {
  const kind = readOneOf(member(field, 'kind'), REQUIREMENT_KINDS)
  const { path } = member(field, 'noneOf')
  throw new SnapshotFormatError(path, `of ${kind} must be among ${SIGNALS.join(', ')}`)
}

function readWholeRule(field: Field): ParsedRule {
  readOneOf(member(field, 'access'), ['token', 'public'])
  const rule = parseRule(field)
  const unknown = rule.requirements.findIndex(({ kind }) => kind === 'unknown')
  const requirements = member(field, 'requirements')
  if (unknown !== -1)
    requireKnownRequirement({
      value: (requirements.value as readonly unknown[])[unknown], // it was read as an array
      path: `${requirements.path}[${String(unknown)}]`,
    })
  return rule
}

/** `{ scopes }`, or a whole rule. Throws for what is neither. */
export function readTestRule(field: Field): ParsedRule {
  requireMembers(field, RULE_MEMBERS)
  const [scopes, access] = [member(field, 'scopes'), member(field, 'access')]
  if ((scopes.value === undefined) === (access.value === undefined))
    throw new SnapshotFormatError(field.path, 'must be either { scopes } or { access, requirements }')
  return access.value === undefined ? toScopesRule(scopes) : readWholeRule(field)
}
