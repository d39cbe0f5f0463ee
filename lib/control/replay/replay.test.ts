import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ReplayRequest } from '../../contract/replay.ts'
import type { Rule } from '../../policy/rule.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../../policy/token-age.ts'
import { makeDecisionFixture } from '../decision/decision-fixture.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { readReplay } from './read-replay.ts'

let control: TestControl
let fixture: Awaited<ReturnType<typeof makeDecisionFixture>>
beforeAll(async () => {
  control = await createTestControl()
})
afterAll(() => control.database.close())

const replay = (input: z.input<typeof ReplayRequest>, slug = fixture.environment.slug) =>
  readReplay(control.ctx, control.viewer, slug, input)
const needing = (...allOf: string[]): Rule => ({ access: 'token', requirements: [{ kind: 'scopes', allOf }] })
const nothing = { lost: 0, gained: 0, undetermined: 0 }

async function makeFleet() {
  fixture = await makeDecisionFixture(control.database)
  const { prisma } = control.database
  const makeScope = (name: string) => prisma.scope.create({ data: { serviceId: fixture.service.id, name } })
  const makeIdentity = (word: string) => {
    const clientId = `${word}-${randomUUID().slice(0, 8)}`
    return prisma.identity.create({ data: { clientId, kind: 'integration', name: clientId } })
  }
  const [create, read, billing, web] = [
    await makeScope('refunds:create'),
    await makeScope('refunds:read'),
    await makeIdentity('billing'),
    await makeIdentity('web'),
  ]
  for (const [identity, scope] of [
    [billing, create],
    [billing, read],
    [web, read],
  ] as const)
    await prisma.grant.create({
      data: { identityId: identity.id, scopeId: scope.id, environmentId: fixture.environment.id, createdBy: 'a test' },
    })
  const endpoint = await fixture.addEndpoint('/refunds', needing('refunds:create'), 'enforce')
  const list = await fixture.addEndpoint('/refunds/all', needing('refunds:read'))
  return { create, read, billing, web, endpoint, list }
}

function agesOf(...seconds: number[]): number[] {
  const ages = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const age of seconds) ages[tokenAgeBucket(age)] = (ages[tokenAgeBucket(age)] ?? 0) + 1
  return ages
}

describe('a draft of grants', () => {
  it('says who loses what, where and how often, up to 30 days back, and writes nothing', async () => {
    const { create, billing, endpoint } = await makeFleet()
    const scopes = ['refunds:create', 'refunds:read']
    await fixture.record({ caller: billing.clientId, scopes, count: 1_200, hoursAgo: 29 * 24, tokenAges: agesOf(1) })
    await fixture.record({ caller: billing.clientId, scopes, count: 34, hoursAgo: 3, tokenAges: agesOf(1) })
    await fixture.record({ caller: billing.clientId, scopes, count: 500, hoursAgo: 31 * 24 })
    await fixture.record({ caller: billing.clientId, scopes, count: 7, route: '/refunds/all' })
    await fixture.record({ caller: 'somebody', scopes, count: 9 })
    const entries = await control.database.prisma.auditEntry.count()
    const draft = { kind: 'grants' as const, removed: [{ clientId: billing.clientId, scopeId: create.id }] }
    const answer = await replay({ draft })
    expect(answer).toMatchObject({
      requests: 1_241,
      lost: 1_234,
      lostEnforced: 1_234,
      unchanged: 7,
      losing: 1,
      total: 1,
    })
    expect(answer.items).toMatchObject([
      {
        caller: { name: billing.clientId },
        endpointId: endpoint.id,
        method: 'POST',
        route: '/refunds',
        isEnforced: true,
        lost: 1_234,
        reasons: [{ reason: 'scope-missing', missingScopes: ['refunds:create'], count: 1_234 }],
        example: { scopes, requests: 34 },
      },
    ])
    expect(await replay({ draft, days: 1 })).toMatchObject({ lost: 34 })
    expect(await control.database.prisma.auditEntry.count()).toBe(entries)
  })

  it('of the last scope at a service takes the token away, and with another one given does not', async () => {
    const { read, create, web, list } = await makeFleet()
    await fixture.addEndpoint('/refunds/open', { access: 'token', requirements: [] })
    await fixture.record({ caller: web.clientId, scopes: ['refunds:read'], count: 5, route: '/refunds/open' })
    await fixture.record({ caller: web.clientId, scopes: ['refunds:read'], count: 3, route: '/refunds/all' })
    const removed = [{ clientId: web.clientId, scopeId: read.id }]
    const answer = await replay({ draft: { kind: 'grants', removed } })
    expect(answer).toMatchObject({ lost: 8, lostEnforced: 0, withoutToken: [{ clientId: web.clientId }] })
    const replaced = await replay({
      draft: { kind: 'grants', removed, added: [{ clientId: web.clientId, scopeId: create.id }] },
    })
    expect(replaced).toMatchObject({ lost: 3, withoutToken: [], items: [{ endpointId: list.id }] })
  })

  it('says what an added one opens', async () => {
    const { create, web } = await makeFleet()
    await fixture.record({
      caller: web.clientId,
      scopes: ['refunds:read'],
      count: 6,
      outcome: 'denied',
      reason: 'scope-missing',
      mode: 'enforce',
    })
    const added = [{ clientId: web.clientId, scopeId: create.id }]
    expect(await replay({ draft: { kind: 'grants', added } })).toMatchObject({ lost: 0, gained: 6, gaining: 1 })
  })

  it('of a deleted scope asks every holder at every endpoint', async () => {
    const { read, billing, web } = await makeFleet()
    await fixture.addEndpoint('/refunds/open', { access: 'token', requirements: [] })
    const both = ['refunds:create', 'refunds:read']
    await fixture.record({ caller: billing.clientId, scopes: both, count: 4, route: '/refunds/all' })
    await fixture.record({ caller: billing.clientId, scopes: both, count: 2 })
    await fixture.record({ caller: web.clientId, scopes: ['refunds:read'], count: 8, route: '/refunds/all' })
    await fixture.record({ caller: web.clientId, scopes: ['refunds:read'], count: 1, route: '/refunds/open' })
    const answer = await replay({ draft: { kind: 'grants', deletedScopes: [read.id] } })
    expect(answer).toMatchObject({ requests: 15, lost: 13, losing: 2, withoutToken: [{ clientId: web.clientId }] })
  })
})

describe('drafts of lifetimes, modes and rules', () => {
  it('count what each would change', async () => {
    const { billing, read, endpoint, list } = await makeFleet()
    const ages = agesOf(100, 400, 800)
    const scopes = ['refunds:read']
    await fixture.record({ caller: billing.clientId, scopes, count: 3, tokenAges: ages, route: '/refunds/all' })
    await fixture.record({ caller: 'web', scopes: [], count: 2, outcome: 'would-deny', reason: 'scope-missing' })
    const identities = [{ clientId: billing.clientId, seconds: 300 }]
    expect(await replay({ draft: { kind: 'lifetimes', identities } })).toMatchObject({ requests: 3, lost: 2 })
    expect(await replay({ draft: { kind: 'lifetimes', environmentSeconds: 600 } })).toMatchObject({
      lost: 1,
      items: [{ reasons: [{ reason: 'token-expired' }] }],
    })
    const byScope = { kind: 'lifetimes' as const, scopes: [{ scopeId: read.id, seconds: 700 }] }
    expect(await replay({ draft: byScope })).toMatchObject({ lost: 0, undetermined: 1 })
    const modes = [{ endpointId: list.id, mode: 'enforce' as const }]
    expect(await replay({ draft: { kind: 'modes', modes } })).toMatchObject({ requests: 3, ...nothing })
    const off = [{ endpointId: endpoint.id, mode: 'off' as const }]
    expect(await replay({ draft: { kind: 'modes', modes: off } })).toMatchObject({ gained: 2, lost: 0 })
    const rules = [{ endpointId: list.id, rule: { access: 'token' as const, requirements: [] } }]
    expect(await replay({ draft: { kind: 'rules', rules } })).toMatchObject(nothing)
  })

  it('count from an hour on where they are asked to', async () => {
    const { billing } = await makeFleet()
    const record = (hoursAgo: number) =>
      fixture.record({
        caller: billing.clientId,
        scopes: ['refunds:read'],
        tokenAges: agesOf(800),
        route: '/refunds/all',
        hoursAgo,
      })
    await record(1 / 60)
    await record(3)
    const draft = { kind: 'lifetimes' as const, identities: [{ clientId: billing.clientId, seconds: 300 }] }
    const since = new Date(Date.now() - 60 * 60_000).toISOString()
    expect(await replay({ draft, since })).toMatchObject({ lost: 1 })
    expect(await replay({ draft })).toMatchObject({ lost: 2 })
  })
})

describe('what is not there', () => {
  it('is refused by name, as is an endpoint of another environment', async () => {
    const { billing, endpoint } = await makeFleet()
    const scopeId = randomUUID()
    const grants = { kind: 'grants' as const, removed: [{ clientId: billing.clientId, scopeId }] }
    await expect(replay({ draft: grants })).rejects.toMatchObject({
      code: 'invalid-value',
      errors: [{ pointer: '/draft/removed/0/scopeId' }],
    })
    const identities = [{ clientId: 'nobody-here', seconds: 300 }]
    await expect(replay({ draft: { kind: 'lifetimes', identities } })).rejects.toMatchObject({ code: 'invalid-value' })
    const modes = [{ endpointId: endpoint.id, mode: 'enforce' as const }]
    await expect(replay({ draft: { kind: 'modes', modes } }, 'staging')).rejects.toMatchObject({
      errors: [{ pointer: '/draft/modes/0/endpointId' }],
    })
    const rule = {
      access: 'token',
      requirements: [{ kind: 'condition', expression: 'params.nothing == "x"' }],
    } as const
    const rules = [{ endpointId: endpoint.id, rule: { ...rule, requirements: [...rule.requirements] } }]
    await expect(replay({ draft: { kind: 'rules', rules } })).rejects.toMatchObject({
      errors: [{ pointer: '/draft/rules/0/rule/requirements/0/expression' }],
    })
  })
})
