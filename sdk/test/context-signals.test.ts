/** What is unusual about a request: noticed where somebody asks, recorded, and a denial only where a rule says so. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { SIGNALS, type Signal } from '../../lib/policy/vocabulary.ts'
import type { Place } from '../src/context/geo-lookup.ts'
import { SeenFile } from '../src/context/seen-file.ts'
import { SeenMemory } from '../src/context/seen-memory.ts'
import { listSignals, toBits } from '../src/context/signal-set.ts'
import { TokenUse } from '../src/context/token-use.ts'
import { distanceKm, isImpossibleTravel } from '../src/context/travel.ts'
import { EventHub } from '../src/event-hub.ts'
import { ContextHarness, endpoint } from './context-harness.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, sendRaw, silentLogger } from './fixtures.ts'
import { HTTP_KIND } from './adapters/http-services.ts'
import { waitFor } from './wait-for.ts'

const HOUR_MS = 3_600_000
const ZURICH = { latitude: 47.38, longitude: 8.54 }
const GENEVA = { latitude: 46.2, longitude: 6.14 }
const NEW_YORK = { latitude: 40.71, longitude: -74.01 }
const at = (coordinates: Place['coordinates']): Place => ({ country: null, autonomousSystem: null, coordinates })

const without = (...noneOf: Signal[]): ParsedRule => ({ access: 'token', requirements: [{ kind: 'signals', noneOf }] })

describe('signals', () => {
  it('are listed sorted, whatever the set', () => {
    expect(listSignals(toBits(SIGNALS))).toEqual(SIGNALS.toSorted())
    for (const signal of SIGNALS) expect(listSignals(toBits([signal]))).toEqual([signal])
    expect(listSignals(0)).toEqual([])
  })
})

describe('travel', () => {
  it('is measured on the globe', () => {
    expect(distanceKm(ZURICH, NEW_YORK)).toBeCloseTo(6_324, -2)
    expect(distanceKm(ZURICH, ZURICH)).toBe(0)
    expect(distanceKm({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeLessThan(25)
  })

  it.each([
    ['across the ocean in an hour', NEW_YORK, HOUR_MS, true],
    ['across the ocean in seven hours', NEW_YORK, 7 * HOUR_MS, false],
    ['across the ocean at once', NEW_YORK, 0, true],
    ['across the ocean by a clock that went back', NEW_YORK, -HOUR_MS, true],
    ['to the next city at once, as addresses are placed inaccurately', GENEVA, 0, false],
  ])('%s', (_, to, elapsedMs, isImpossible) => {
    expect(isImpossibleTravel(ZURICH, to, elapsedMs)).toBe(isImpossible)
  })

  it('is measured from the last use of the token, not from its first', () => {
    const [use, home, abroad] = [new TokenUse(), at(ZURICH), at(NEW_YORK)]
    const uses: [Place, number][] = [
      [home, 0],
      [home, 9 * HOUR_MS],
      [abroad, 10 * HOUR_MS],
      [abroad, 10 * HOUR_MS + 1],
      [home, 18 * HOUR_MS],
    ]
    expect(uses.map(([place, nowMs]) => use.travelsImpossibly(place, nowMs))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ])
  })

  it('is not judged without coordinates, and not forgotten over a use without them', () => {
    const use = new TokenUse()
    expect(
      [at(null), at(ZURICH), at(null), at(NEW_YORK)].map((place, index) => use.travelsImpossibly(place, index)),
    ).toEqual([false, false, false, true])
  })
})

describe('a token in two hands', () => {
  const play = (...turns: [source: string, seconds: number][]): boolean[] => {
    const use = new TokenUse()
    return turns.map(([source, seconds]) => use.isConcurrent(source, seconds * 1000))
  }

  it('is noticed when one comes back after the other within a minute', () => {
    expect(play(['a', 0], ['b', 10], ['a', 20], ['a', 30], ['b', 40])).toEqual([false, false, true, true, true])
  })

  it('is not one that moved on', () => {
    expect(play(['a', 0], ['a', 10], ['b', 20], ['b', 30], ['c', 40], ['d', 50])).not.toContain(true)
  })

  it('is not one that comes back later, and no longer one a minute after', () => {
    expect(play(['a', 0], ['b', 50], ['a', 61])).toEqual([false, false, false])
    expect(play(['a', 0], ['b', 10], ['a', 20], ['a', 79], ['a', 81])).toEqual([false, false, true, true, false])
  })
})

describe('SeenMemory', () => {
  it('knows what it saw, and what another one wrote', () => {
    const [memory, other] = [new SeenMemory(), new SeenMemory()]
    expect([memory.isNew('a', 'b'), memory.isNew('a', 'b'), memory.isNew('ab', '')]).toEqual([true, false, true])
    other.merge(`${memory.toText()}\nnonsense\n${'x'.repeat(10_000)}`)
    expect([other.isNew('a', 'b'), other.isNew('c')]).toEqual([false, true])
  })

  it('writes nothing that names anybody', () => {
    const memory = new SeenMemory()
    memory.isNew('device', 'https://idp.test alice@example.com', 'fp:1')
    expect(memory.toText()).toMatch(/^[\w-]{16}$/)
  })

  it('is bounded, and forgets the oldest first', () => {
    const memory = new SeenMemory()
    for (let index = 0; index < 50_001; index++) memory.isNew(String(index))
    expect(memory.toText().split('\n')).toHaveLength(50_000)
    expect([memory.isNew('50000'), memory.isNew('1'), memory.isNew('0')]).toEqual([false, false, true])
  })
})

describe('SeenFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-seen-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const open = (stateDir: string, events = new EventHub(silentLogger)) => {
    const memory = new SeenMemory()
    return { memory, file: new SeenFile(memory, stateDir, 'orders', events) }
  }

  it('outlives the process, readable by the owner only', async () => {
    const first = open(folder)
    first.memory.isNew('a')
    await first.file.close()
    const again = open(folder)
    expect([again.memory.isNew('a'), again.memory.isNew('b')]).toEqual([false, true])
    await again.file.close()
    expect(statSync(join(folder, 'stepgate-orders.seen')).mode & 0o777).toBe(0o600)
  })

  it('keeps what processes that share it have seen', async () => {
    const shared = join(folder, 'shared')
    const [one, other] = [open(shared), open(shared)]
    one.memory.isNew('one')
    other.memory.isNew('other')
    await one.file.close()
    await other.file.close()
    const later = open(shared)
    expect([later.memory.isNew('one'), later.memory.isNew('other')]).toEqual([false, false])
    await later.file.close()
  })

  it('begins anew when the file is damaged, and says when it cannot be written', async () => {
    const damaged = join(folder, 'damaged')
    const before = open(damaged)
    before.memory.isNew('a')
    await before.file.close()
    writeFileSync(join(damaged, 'stepgate-orders.seen'), Buffer.alloc(100, 0xff))
    const after = open(damaged)
    expect(after.memory.isNew('a')).toBe(true)
    await after.file.close()
    const events = new EventHub(silentLogger)
    const failures: string[] = []
    events.on('error', ({ code }) => failures.push(code))
    const unwritable = open('/dev/null/state', events)
    unwritable.memory.isNew('a')
    await unwritable.file.close()
    expect(failures).toEqual(['disk-unreadable', 'disk-unwritable'])
  })

  it('is kept by a service with a folder, from one start to the next', async () => {
    const plane = await new TestControlPlane([
      endpoint('GET /orders', 'enforce', without('endpoint-first-use')),
    ]).start()
    const statusAfterStart = async (): Promise<number> => {
      const stepgate = connect(plane, { stateDir: join(folder, 'service') })
      const service = await HTTP_KIND.start(stepgate, [{ method: 'GET', path: '/orders' }])
      await waitFor('the configuration', () => stepgate.status().state === 'fresh')
      const { status } = await sendRaw(service.port, 'GET', '/orders', bearer(plane.issueToken()))
      await stepgate.close()
      await service.close()
      return status
    }
    expect([await statusAfterStart(), await statusAfterStart()]).toEqual([403, 200])
    await plane.kill()
  })
})

describe('an installation', () => {
  const CH = '192.0.2.1'
  const US = '192.0.2.2'
  const geo = {
    lookup: (address: string) =>
      address === CH
        ? { country: 'CH', autonomousSystem: 3303, ...ZURICH }
        : { country: 'US', autonomousSystem: 7018, ...NEW_YORK },
  }
  const both = [endpoint('GET /orders', 'log-only'), endpoint('GET /stock', 'log-only')]

  it('notices the first use of an endpoint and of a device by each caller, once', () => {
    const harness = new ContextHarness({ signals: 'all' }, { endpoints: both })
    const [billing, shipping] = ['billing', 'shipping'].map((client_id) => harness.plane.issueToken({ client_id }))
    const headers = { 'stepgate-instance-id': '5f0c6a2e-instance-a' }
    const signalsOf = (route: string, token: string | undefined): readonly string[] | undefined => {
      harness.ask(route, { headers, ...(token === undefined ? {} : { token }) })
      return harness.signals()[0]
    }
    expect(signalsOf('/orders', billing)).toEqual(['device-first-seen', 'endpoint-first-use'])
    expect(signalsOf('/orders', billing)).toEqual([])
    expect(signalsOf('/stock', billing)).toEqual(['endpoint-first-use'])
    expect(signalsOf('/orders', harness.plane.issueToken())).toEqual([])
    expect(signalsOf('/orders', shipping)).toEqual(['device-first-seen', 'endpoint-first-use'])
    expect(signalsOf('/orders', undefined)).toEqual([])
  })

  it('takes a token that is not valid for no use by its caller', () => {
    const harness = new ContextHarness({ signals: 'all' }, { endpoints: both })
    harness.ask('/orders', { token: harness.plane.issueToken({ exp: 1_700_000_000, iat: 1_600_000_000 }) })
    harness.ask('/orders', { token: harness.plane.issueToken() })
    expect(harness.signals().toSorted()).toEqual([[], ['endpoint-first-use']])
  })

  it('notices one token here and there, over a change of the configuration, and however it is spelled', () => {
    const rule = without('travel-impossible')
    const harness = new ContextHarness({ geo }, { endpoints: [endpoint('GET /orders', 'enforce', rule)] })
    const token = harness.plane.issueToken()
    const status = (address: string, sent = token): number | null =>
      harness.ask('/orders', { token: sent, address }).refusal?.status ?? null
    expect(status(CH)).toBeNull()
    harness.publish({})
    expect(status(US, ` ${token}`)).toBe(403)
    expect(harness.report()[0]?.signature).toMatchObject({
      reason: 'signal-raised',
      context: { country: 'US', autonomousSystem: null, signals: ['travel-impossible'] },
    })
    expect([status(US), status(US, harness.plane.issueToken())]).toEqual([null, null])
  })

  it('notices one token from two addresses in turn', () => {
    const rule = without('credential-concurrent')
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'enforce', rule)] })
    const token = harness.plane.issueToken({ jti: undefined })
    const statuses = [CH, CH, US, US, CH, US].map(
      (address) => harness.ask('/orders', { token, address }).refusal?.status ?? null,
    )
    expect(statuses).toEqual([null, null, null, null, 403, 403])
  })

  it('looks for signals at every endpoint when a rule of one names them', () => {
    const endpoints = [endpoint('GET /orders', 'enforce', without('endpoint-first-use')), both[1]!]
    const harness = new ContextHarness({}, { endpoints })
    const token = harness.plane.issueToken()
    expect(harness.ask('/orders', { token }).refusal?.status).toBe(403)
    expect(harness.ask('/orders', { token }).refusal).toBeNull()
    harness.ask('/stock', { token })
    expect(harness.signals().map((signals) => signals?.join())).toEqual([
      'endpoint-first-use',
      '',
      'endpoint-first-use',
    ])
  })

  it('denies where a rule names a signal that the service was told not to look for', () => {
    const harness = new ContextHarness(
      { signals: 'off' },
      { endpoints: [endpoint('GET /orders', 'enforce', without('travel-impossible')), both[1]!] },
    )
    const token = harness.plane.issueToken()
    expect([1, 2].map(() => harness.ask('/orders', { token }).refusal?.status)).toEqual([403, 403])
    harness.ask('/stock', { token })
    expect(harness.report().at(-1)?.signature.context).toBeNull()
  })

  it('makes nobody new by a restart', () => {
    const change = { endpoints: [endpoint('GET /orders', 'log-only', without('endpoint-first-use'))] }
    const before = new ContextHarness({}, change)
    before.ask('/orders', { token: before.plane.issueToken() })
    const memory = new SeenMemory()
    memory.merge(before.memory.toText())
    const after = new ContextHarness({ memory }, change, before.plane)
    expect(after.ask('/orders', { token: after.plane.issueToken() }).reason).toBeNull()
    expect(after.ask('/orders', { token: after.plane.issueToken({ client_id: 'new' }) }).reason).toBe('signal-raised')
  })
})
