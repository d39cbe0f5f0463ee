import { describe, expect, it } from 'vitest'
import type { Rule } from '#lib/contract/rule.ts'
import { isSameRule, ruleStance, toRuleSentence, withRequirement } from './rule-summary.ts'

const scopes = (...allOf: string[]): Rule => ({ access: 'token', requirements: [{ kind: 'scopes', allOf }] })

describe('rule summary', () => {
  it('tells a missing rule, a public endpoint and one that takes any token apart', () => {
    expect(ruleStance(null)).toBe('no-rule')
    expect(ruleStance({ access: 'public', requirements: [] })).toBe('public')
    expect(ruleStance({ access: 'token', requirements: [] })).toBe('any-token')
    expect(ruleStance(scopes('orders:read'))).toBe('required')
  })

  it('reads as a sentence', () => {
    expect(
      toRuleSentence(
        withRequirement(scopes('refunds:create'), 'max-token-age', { kind: 'max-token-age', seconds: 300 }),
      ),
    ).toBe('A valid token for this service, and refunds:create, and a token at most 5 min old.')
  })

  it('replaces a requirement of the same kind and takes one out', () => {
    const rule = withRequirement(scopes('orders:read'), 'scopes', { kind: 'scopes', allOf: ['orders:create'] })
    expect(rule).toEqual(scopes('orders:create'))
    expect(withRequirement(rule, 'scopes', null).requirements).toEqual([])
  })

  it('takes rules that differ in order alone for the same', () => {
    expect(isSameRule(scopes('a:b', 'c:d'), scopes('c:d', 'a:b'))).toBe(true)
    expect(isSameRule(scopes('a:b'), scopes('a:b', 'c:d'))).toBe(false)
    expect(isSameRule(null, scopes('a:b'))).toBe(false)
  })
})
