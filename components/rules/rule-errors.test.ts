import { zodResolver } from '@hookform/resolvers/zod'
import { expect, it } from 'vitest'
import { Rule } from '#lib/contract/rule.ts'
import { requirementError } from './rule-errors.ts'

type Requirement = Rule['requirements'][number]
const draftOf = (requirement: Requirement): Rule => ({ access: 'token', requirements: [requirement] })

async function errorsOf(rule: Rule) {
  const { errors } = await zodResolver(Rule)(rule, undefined, { fields: {}, shouldUseNativeValidation: false })
  return errors
}

it.each([
  [{ kind: 'scopes', allOf: [] }, 'Choose 1 to 20 scopes, or switch this requirement off.'],
  [{ kind: 'max-token-age', seconds: Number.NaN }, 'The age must be a whole number of seconds from 30 to 86,400.'],
  [{ kind: 'max-token-age', seconds: 5 }, 'The age must be a whole number of seconds from 30 to 86,400.'],
  [
    { kind: 'network', cidrs: ['here'] },
    'Write 1 to 100 networks in CIDR notation, such as 10.0.0.0/8, one on each line.',
  ],
  [
    { kind: 'condition', expression: '' },
    'Write a condition of at most 1,000 characters, or switch this requirement off.',
  ],
] as const)('%o is incomplete in a sentence that names the field', async (requirement, sentence) => {
  const rule = draftOf(requirement as Requirement)
  expect(requirementError(await errorsOf(rule), rule, requirement.kind)).toBe(sentence)
})

it('names the member that is wrong, and no other', async () => {
  const rule = draftOf({ kind: 'rate', requestsMax: Number.NaN, windowSeconds: 60 })
  const errors = await errorsOf(rule)
  expect(requirementError(errors, rule, 'rate', 'requestsMax')).toContain('from 1 to 1,000,000')
  expect(requirementError(errors, rule, 'rate', 'windowSeconds')).toBeUndefined()
})

it('leaves what the server says', () => {
  const rule = draftOf({ kind: 'condition', expression: 'params.' })
  const errors = { requirements: [{ expression: { type: 'server', message: 'ends too early' } }] }
  expect(requirementError(errors as never, rule, 'condition')).toBe('ends too early')
})
