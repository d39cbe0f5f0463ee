import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IdentityEvidence } from '../../contract/endpoint.ts'
import type { Rule } from '../../policy/rule.ts'
import { makeDecisionFixture } from '../decision/decision-fixture.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { readIdentityEvidence } from './read-identity-evidence.ts'

const needs = (...allOf: string[]): Rule => ({ access: 'token', requirements: [{ kind: 'scopes', allOf }] })
const WEEK = { windowHours: 168 }

let control: TestControl
beforeAll(async () => {
  control = await createTestControl()
  await control.database.prisma.identity.create({
    data: { clientId: 'backoffice', kind: 'integration', name: 'Backoffice' },
  })
})
afterAll(() => control.database.close())

const read = (environment: { readonly slug: string }, clientId = 'backoffice') =>
  readIdentityEvidence(control.ctx, control.viewer, environment.slug, clientId, WEEK)

async function callOrdersAndRefunds(refundsMode: 'log_only' | 'enforce') {
  const fixture = await makeDecisionFixture(control.database)
  await fixture.addEndpoint('/orders', needs('orders:read'))
  const refunds = await fixture.addEndpoint('/refunds', needs('refunds:create'), refundsMode)
  await fixture.addEndpoint('/quiet', needs('orders:read'))
  const backoffice = { caller: 'backoffice', scopes: ['orders:read'] }
  await fixture.record({ route: '/orders', ...backoffice, count: 40 })
  await fixture.record({ route: '/refunds', ...backoffice, count: 6, outcome: 'would-deny', reason: 'scope-missing' })
  await fixture.record({ route: '/refunds', caller: 'orders', scopes: ['refunds:create'], count: 9 })
  return { ...fixture, refunds }
}

describe('what an identity calls', () => {
  test('is judged by the present rules, what loses most first, and holds nobody else’s requests', async () => {
    const { environment, service, refunds } = await callOrdersAndRefunds('log_only')
    const answer = await read(environment)
    expect(IdentityEvidence.safeParse(answer).error).toBeUndefined()
    expect(answer.endpoints).toMatchObject([
      {
        ...{ endpointId: refunds.id, serviceSlug: service.slug, route: '/refunds', mode: 'log-only' },
        ...{ standing: 'would-deny', requests: 6, wouldDeny: 6 },
        reasons: [{ reason: 'scope-missing', missingScopes: ['refunds:create'], count: 6 }],
      },
      { route: '/orders', standing: 'allowed', requests: 40, wouldDeny: 0, reasons: [] },
    ])
  })

  test('is denied where the gate holds for it, and only would be below its place among the callers', async () => {
    const { environment, refunds } = await callOrdersAndRefunds('enforce')
    const standingAt = async (percent: number) => {
      await control.database.prisma.endpoint.update({ where: { id: refunds.id }, data: { percent } })
      return (await read(environment)).endpoints[0]?.standing
    }
    expect([await standingAt(100), await standingAt(1)]).toEqual(['denied', 'would-deny'])
  })

  test('is nothing where it was not seen, and an error where there is no such identity or environment', async () => {
    const { environment } = await makeDecisionFixture(control.database)
    expect((await read(environment)).endpoints).toEqual([])
    await expect(read(environment, 'nobody')).rejects.toMatchObject({ code: 'not-found' })
    await expect(read({ slug: 'nowhere' })).rejects.toMatchObject({ code: 'not-found' })
  })
})
