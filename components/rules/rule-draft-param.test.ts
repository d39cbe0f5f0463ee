import { expect, it } from 'vitest'
import type { Rule } from '#lib/contract/rule.ts'
import { parseAsRule, toDraftPath } from './rule-draft-param.ts'

const RULE: Rule = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] }

it('carries a rule through the address', () => {
  const url = new URL(toDraftPath('one', RULE), 'http://localhost')
  expect(url.hash).toBe('#rule')
  expect(parseAsRule.parse(url.searchParams.get('draft') ?? '')).toEqual(RULE)
})

it('takes nothing but a rule from it', () => {
  for (const text of ['', '{', '{}', 'null', '{"access":"everybody","requirements":[]}'])
    expect(parseAsRule.parse(text), text).toBeNull()
})
