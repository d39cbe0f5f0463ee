/** What of the surroundings goes into decision signatures: enough to replay a rule, and no more than that. */
import { describe, expect, it } from 'vitest'
import { ContextReport, SampleReport, SignatureReport } from '../../lib/contract/machine.ts'
import type { Requirement } from '../../lib/policy/rule.ts'
import type { DecisionSignature } from '../src/report/fold.ts'
import { ContextHarness, endpoint, type ContextOptions } from './context-harness.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, sendRaw } from './fixtures.ts'
import { HTTP_KIND } from './adapters/http-services.ts'
import { waitFor } from './wait-for.ts'

const COUNTRIES: Readonly<Record<string, string>> = { '192.0.2.1': 'CH', '192.0.2.2': 'DE', '192.0.2.3': 'FR' }
const geo = {
  lookup: (address: string) => ({ country: COUNTRIES[address] ?? null, autonomousSystem: Number(address.slice(-1)) }),
}

const signaturesOf = (
  options: ContextOptions,
  requirements: readonly Requirement[],
  addresses: readonly string[] = ['192.0.2.1'],
): DecisionSignature[] => {
  const harness = new ContextHarness(options, {
    endpoints: [endpoint('GET /orders', 'log-only', { access: 'token', requirements })],
  })
  const token = harness.plane.issueToken()
  for (const address of addresses) harness.ask('/orders', { token, address })
  return harness.report().map(({ signature }) => signature)
}

describe('the context of a signature', () => {
  it.each<[string, readonly Requirement[]]>([
    ['asks for nothing around the request', [{ kind: 'max-token-age', seconds: 60 }]],
    ['asks for a country that nothing can tell', [{ kind: 'country', anyOf: ['CH'] }]],
  ])('is null where a rule %s', (_, requirements) => {
    expect(signaturesOf({}, requirements).map(({ context }) => context)).toEqual([null])
  })

  it('names the country as soon as something can tell it, and the system only where a rule asks for one', () => {
    const nothing = { device: 'none', signals: [], requirementsMet: [], requirementsUnmet: [] }
    expect(signaturesOf({ geo }, [])[0]?.context).toEqual({
      ...{ country: 'CH', autonomousSystem: null, ...nothing },
      observed: ['country'],
    })
    expect(signaturesOf({ geo }, [{ kind: 'autonomous-system', anyOf: [1] }])[0]).toMatchObject({
      reason: null,
      context: { country: 'CH', autonomousSystem: 1, ...nothing, observed: ['autonomous-system', 'country'] },
    })
  })

  it('says which signals were looked for, raised or not', () => {
    const noneOf = ['endpoint-first-use', 'travel-impossible'] as const
    expect(signaturesOf({}, [{ kind: 'signals', noneOf }])[0]?.context).toMatchObject({
      signals: ['endpoint-first-use'],
      observed: ['endpoint-first-use', 'travel-impossible'],
    })
    expect(signaturesOf({ signals: 'off' }, [{ kind: 'signals', noneOf }])[0]?.context).toMatchObject({ observed: [] })
  })

  it('keeps the answers to what nothing else of the record tells: networks, rates and conditions', () => {
    const requirements: Requirement[] = [
      { kind: 'network', cidrs: ['192.0.2.2/32', '192.0.2.1/32'] },
      { kind: 'rate', requestsMax: 2, windowSeconds: 60 },
      { kind: 'condition', expression: 'token.sub == "billing"' },
    ]
    const [network, rate, condition] = ['network 192.0.2.1/32 192.0.2.2/32', 'rate 2/60', 'token.sub == "billing"']
    const addresses = ['192.0.2.1', '192.0.2.9', '192.0.2.2']
    const found = signaturesOf({}, requirements, addresses).map(({ context, reason }) => ({
      ...{ reason, met: context?.requirementsMet, unmet: context?.requirementsUnmet },
    }))
    expect(found.toSorted((left, right) => String(left.reason).localeCompare(String(right.reason)))).toEqual([
      { reason: 'network-not-allowed', met: [`condition ${condition}`, rate], unmet: [network] },
      { reason: null, met: [`condition ${condition}`, network, rate], unmet: [] },
      { reason: 'rate-exceeded', met: [`condition ${condition}`, network], unmet: [rate] },
    ])
  })

  it('folds requests that look alike, and keeps those apart that do not', () => {
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3', '192.0.2.2', '192.0.2.9']
    const signatures = signaturesOf({ geo }, [{ kind: 'country', anyOf: ['CH', 'DE'] }], addresses)
    expect(signatures.map(({ reason, context }) => `${String(reason)} ${String(context?.country)}`).toSorted()).toEqual(
      ['country-not-allowed FR', 'country-not-allowed null', 'null CH', 'null DE'],
    )
  })

  it('stays bounded for one caller from many places, and counts every request', () => {
    const places = { lookup: (address: string) => ({ country: address, autonomousSystem: null }) }
    const codes = Array.from({ length: 26 * 26 }, (_, index) =>
      String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
    )
    const harness = new ContextHarness({ geo: places }, { endpoints: [endpoint('GET /orders', 'log-only')] })
    const token = harness.plane.issueToken()
    for (let round = 0; round < 3; round++) for (const address of codes) harness.ask('/orders', { token, address })
    const folded = harness.report()
    expect(folded).toHaveLength(codes.length)
    expect(new Set(folded.map(({ count }) => count))).toEqual(new Set([3]))
  })
})

it('is reported as the contract has it', async () => {
  const plane = await new TestControlPlane([
    endpoint('GET /orders', 'log-only', { access: 'token', requirements: [{ kind: 'known-device' }] }),
    endpoint('GET /stock', 'log-only'),
  ]).start()
  const stepgate = connect(plane, { geo: { lookup: () => ({ country: 'CH', autonomousSystem: 3303 }) } })
  const service = await HTTP_KIND.start(stepgate, [
    { method: 'GET', path: '/orders' },
    { method: 'GET', path: '/stock' },
  ])
  await waitFor('the configuration', () => stepgate.status().state === 'fresh')
  await sendRaw(service.port, 'GET', '/orders', { ...bearer(plane.issueToken()), 'user-agent': 'tests' })
  await stepgate.close()
  const [signature] = plane.signatures
  expect(SignatureReport.parse(signature).context).toEqual(
    ContextReport.parse({ country: 'CH', device: 'new', observed: ['country', 'device'] }),
  )
  expect(SampleReport.parse(plane.samples[0]).device).toMatch(/^fp:/)
  await service.close()
  await plane.kill()
})
