import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/rule.ts'
import { recorded } from './arbitraries.ts'
import { splitRemedied } from './find-remedied.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import { replayRule } from './replay-rule.ts'

const at = (clock: string) => new Date(`2026-01-15T${clock}:00Z`)
const needsRefunds: Rule = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['refunds:create'] }] }
const backoffice = { caller: 'backoffice', callerKind: 'service' } as const
const denied = (lastAt: string, parts: Partial<RecordedFacts> = {}) =>
  recorded({ ...backoffice, scopes: ['orders:read'], count: 40, firstAt: at('00:00'), lastAt: at(lastAt), ...parts })
const allowed = (lastAt: string, parts: Partial<RecordedFacts> = {}) =>
  denied(lastAt, { scopes: ['orders:read', 'refunds:create'], count: 9, firstAt: at('10:01'), ...parts })

/** Granted at ten; tokens live a quarter of an hour. */
const context = {
  holders: [{ clientId: 'backoffice', grantedAt: new Map([['refunds:create', at('10:00')]]) }],
  lifetimes: new Map([['backoffice', 900]]),
}
const split = (...facts: readonly RecordedFacts[]) => splitRemedied(replayRule(facts, needsRefunds), context)

describe('denials for want of a scope', () => {
  test('have ended when the caller was granted it and comes with it, and none was denied since', () => {
    const { standing, remedied } = split(denied('10:09'), allowed('11:00'))
    expect(standing.map(({ facts }) => facts.count)).toEqual([9])
    expect(remedied).toMatchObject([
      {
        ...{ caller: { name: 'backoffice' }, scopes: ['refunds:create'], requests: 40 },
        ...{ since: at('10:00'), allowedSince: 9 },
      },
    ])
  })

  test.each([
    ['no request came with it', [denied('10:09')]],
    ['tokens from before may be alive', [denied('10:09'), allowed('10:12')]],
    ['one was denied after the last of those', [denied('10:17'), allowed('11:00')]],
    ['nothing was allowed after the last of them', [denied('10:09'), allowed('10:05')]],
    ['somebody else comes with it', [denied('10:09'), allowed('11:00', { caller: 'web' })]],
    ['another scope is missing', [denied('10:09', { scopes: [] }), allowed('11:00', { scopes: ['refunds:list'] })]],
    ['they are of nobody', [denied('10:09', { caller: null, callerHint: 'cron' }), allowed('11:00')]],
  ])('stand where %s', (_name, facts) => {
    const { standing, remedied } = split(...facts)
    expect(standing).toHaveLength(facts.length)
    expect(remedied).toEqual([])
  })

  test('stand where they have another cause as well', () => {
    const rule: Rule = {
      ...needsRefunds,
      requirements: [...needsRefunds.requirements, { kind: 'max-token-age', seconds: 1 }],
    }
    const replayed = replayRule([denied('10:09'), allowed('11:00')], rule)
    expect(splitRemedied(replayed, context).remedied).toEqual([])
  })
})
