/** What a service sees of its decisions: events, the log, metrics and spans. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createStepgate, type StepgateDecisionEvent, type StepgateLogDetails } from '../src/index.ts'
import { EventHub } from '../src/event-hub.ts'
import { instrumentStepgate } from '../src/opentelemetry.ts'
import { registerStepgateMetrics, toPrometheusText } from '../src/prometheus.ts'
import type { DecisionLog } from '../src/report/decision-log.ts'
import { logDecisions } from '../src/report/log-decisions.ts'
import { createTestStepgate, type TestStepgate } from '../src/testing.ts'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { connect, endpoint, sendRaw } from './fixtures.ts'
import { SERVICE_KINDS } from './services.ts'
import { waitFor } from './wait-for.ts'

const ORDER = { method: 'GET', route: '/orders/:orderId' } as const

const makeStepgate = (): TestStepgate =>
  createTestStepgate({
    endpoints: [
      { ...ORDER, rule: { scopes: ['orders:read'] } },
      { method: 'POST', route: '/orders', mode: 'log-only', rule: { scopes: ['orders:write'] } },
    ],
  })

/** One decision of each outcome. */
function decideAll(stepgate: TestStepgate): void {
  stepgate.decide({ ...ORDER, token: stepgate.mintToken({ caller: 'billing', scopes: ['orders:read'] }) })
  stepgate.decide({ ...ORDER, token: stepgate.mintToken({ caller: 'billing' }) })
  stepgate.decide({ method: 'POST', route: '/orders' })
}

afterEach(() => {
  vi.useRealTimers()
})

describe('events', () => {
  it('tell of every decision, of denials and of would-be denials, with the same facts', () => {
    const stepgate = makeStepgate()
    const heard: [string, StepgateDecisionEvent][] = []
    for (const name of ['decision', 'decision-denied', 'decision-would-deny'] as const)
      stepgate.on(name, (event) => heard.push([name, event]))
    decideAll(stepgate)
    expect(heard.map(([name, { outcome, reason }]) => [name, outcome, reason])).toEqual([
      ['decision', 'allowed', null],
      ['decision', 'denied', 'scope-missing'],
      ['decision-denied', 'denied', 'scope-missing'],
      ['decision', 'would-deny', 'token-missing'],
      ['decision-would-deny', 'would-deny', 'token-missing'],
    ])
    expect(heard[1]?.[1]).toMatchObject({ ...ORDER, caller: 'billing', missingScopes: ['orders:read'] })
    expect(heard[1]?.[1].checks.at(-1)).toMatchObject({ check: 'scopes', passed: false })
  })

  it('are made only while somebody listens', () => {
    const events = new EventHub({ warn: () => undefined, error: () => undefined })
    const makeEvent = vi.fn<() => StepgateDecisionEvent>(() => ({ reason: null }) as StepgateDecisionEvent) // nobody looks further
    events.decided('allowed', makeEvent)
    events.decided('would-deny', makeEvent)
    expect(makeEvent).not.toHaveBeenCalled()
    const leave = events.on('decision', () => undefined)
    expect(events.hearsDecisions).toBe(true)
    events.decided('allowed', makeEvent)
    expect(makeEvent).toHaveBeenCalledOnce()
    leave()
    expect(events.hearsDecisions).toBe(false)
  })

  it('of a listener that throws break no request', () => {
    const stepgate = makeStepgate()
    stepgate.on('decision', () => {
      throw new Error('of the service')
    })
    expect(stepgate.decide({ ...ORDER, token: stepgate.mintToken({ scopes: ['orders:read'] }) }).outcome).toBe(
      'allowed',
    )
  })
})

describe('the log', () => {
  interface Line {
    readonly level: string
    readonly details: StepgateLogDetails | string
    readonly message: string | undefined
  }

  function makeLog(choice: DecisionLog): {
    readonly lines: Line[]
    readonly deny: (outcome: 'denied' | 'would-deny') => void
  } {
    const lines: Line[] = []
    const write =
      (level: string) =>
      (details: StepgateLogDetails | string, message?: string): void => {
        lines.push({ level, details, message })
      }
    const events = new EventHub({ warn: write('warn'), info: write('info'), error: write('error') })
    logDecisions(events, choice)
    const event = { ...ORDER, decisionId: 'd1', caller: 'billing', reason: 'scope-missing' }
    const deny = (outcome: 'denied' | 'would-deny'): void =>
      events.decided(outcome, () => ({ ...event, outcome }) as StepgateDecisionEvent) // all that a line is made of
    return { lines, deny }
  }

  it('has a line for a denial, and for a would-be denial where that is asked for', () => {
    const [denied, all, none] = [makeLog('denied'), makeLog('all'), makeLog('none')]
    for (const { deny } of [denied, all, none]) {
      deny('denied')
      deny('would-deny')
    }
    const details = { event: 'request denied', decisionId: 'd1', ...ORDER, caller: 'billing', reason: 'scope-missing' }
    const line = { level: 'warn', details, message: 'stepgate: request denied' }
    const event = 'request would have been denied'
    expect(denied.lines).toEqual([line])
    expect(all.lines).toEqual([line, { level: 'info', details: { ...details, event }, message: `stepgate: ${event}` }])
    expect(none.lines).toEqual([])
  })

  it('has at most 50 lines in 10 seconds and says how many it left out', () => {
    vi.useFakeTimers({ now: 0 })
    const { lines, deny } = makeLog('denied')
    for (let count = 0; count < 1_000; count++) deny('denied')
    expect(lines).toHaveLength(50)
    vi.setSystemTime(10_000)
    deny('denied')
    deny('denied')
    expect(lines[50]?.details).toMatchObject({ suppressed: 950 })
    expect(lines[51]?.details).not.toHaveProperty('suppressed')
  })

  it.each(SERVICE_KINDS)('of a service with $name holds no token, query, address or subject', async (kind) => {
    const plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
    const lines: string[] = []
    const stepgate = connect(plane, {
      logger: { warn: (...line) => lines.push(JSON.stringify(line)), error: () => undefined },
    })
    await stepgate.started
    const service = await kind.start(stepgate, [{ method: 'GET', path: '/orders/:orderId' }])
    const token = plane.issueToken({ aud: 'orders', client_id: 'billing', sub: 'the-subject', scope: 'none' })
    await sendRaw(service.port, 'GET', '/orders/42?secret=1', { authorization: `Bearer ${token}` })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('"caller":"billing","reason":"scope-missing"')
    for (const secret of [token.slice(-40), 'secret', '127.0.0.1', 'the-subject', '/orders/42'])
      expect(lines[0]).not.toContain(secret)
    await service.close()
    await stepgate.close()
    await plane.kill()
  })

  it('is the console, with one line for each denial, where no logger is given', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
    const { url, configKey } = plane
    const stepgate = createStepgate({ url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, configKey: configKey.pin })
    await stepgate.started
    const [kind] = SERVICE_KINDS
    const service = await kind!.start(stepgate, [{ method: 'GET', path: '/orders/:orderId' }])
    await sendRaw(service.port, 'GET', '/orders/42')
    const calls: readonly (readonly unknown[])[] = warn.mock.calls
    warn.mockRestore()
    expect(calls).toEqual([
      [expect.stringMatching(/^stepgate: request denied \{"event":.*"reason":"token-missing"\}$/)],
    ])
    await service.close()
    await stepgate.close()
    await plane.kill()
  })
})

describe('metrics', () => {
  it('count decisions by mode, outcome and reason, before and after they are reported', async () => {
    const plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
    const stepgate = connect(plane)
    await stepgate.started
    const [kind] = SERVICE_KINDS
    const service = await kind!.start(stepgate, [{ method: 'GET', path: '/orders/:orderId' }])
    const denied = { mode: 'enforce', outcome: 'denied', reason: 'token-missing' }
    await sendRaw(service.port, 'GET', '/orders/1')
    expect(stepgate.status().decisions).toEqual([{ ...denied, count: 1 }])
    await waitFor('the decision is stored', () => stepgate.status().stored === 1)
    await sendRaw(service.port, 'GET', '/orders/2')
    expect(stepgate.status().decisions).toEqual([{ ...denied, count: 2 }])
    expect(stepgate.status().tokens).toEqual({ issued: 1, failed: 0 })
    await service.close()
    await stepgate.close()
    await plane.kill()
  })

  it('are a text that Prometheus reads', () => {
    const stepgate = makeStepgate()
    decideAll(stepgate)
    const lines = toPrometheusText(stepgate).split('\n')
    expect(lines).toContain('# TYPE stepgate_decisions_total counter')
    expect(lines).toContain('stepgate_decisions_total{mode="enforce",outcome="denied",reason="scope-missing"} 1')
    expect(lines).toContain('stepgate_decisions_total{mode="log-only",outcome="would-deny",reason="token-missing"} 1')
    expect(lines).toContain('stepgate_state{state="fresh"} 1')
    expect(lines).toContain('stepgate_snapshot_age_seconds 0')
    expect(lines.every((line) => /^(?:$|# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[^}]*\})? \d+)$/.test(line))).toBe(true)
  })

  it('are read by prom-client when it collects, and leave out what is not known', () => {
    const collected = new Map<string, () => void>()
    const values = new Map<string, number>()
    class Metric {
      readonly #name: string
      constructor({ name, collect }: { readonly name: string; readonly collect: () => void }) {
        this.#name = name
        collected.set(name, collect)
      }
      reset(): void {
        for (const key of values.keys()) if (key.startsWith(`${this.#name} `)) values.delete(key)
        values.set(`${this.#name} `, 0)
      }
      remove(): void {
        values.delete(`${this.#name} `)
      }
      inc(labels: Record<string, string>, value: number): void {
        values.set(`${this.#name} ${Object.values(labels).join(' ')}`, value)
      }
    }
    const stepgate = makeStepgate()
    registerStepgateMetrics(stepgate, { client: { Counter: Metric, Gauge: Metric } })
    decideAll(stepgate)
    for (const collect of [...collected.values(), ...collected.values()]) collect()
    expect(values.get('stepgate_decisions_total enforce denied scope-missing')).toBe(1)
    expect(values.get('stepgate_routes ')).toBe(2)
    expect(values.get('stepgate_snapshot_revision ')).toBe(1)
  })
})

describe('spans and meters', () => {
  interface Recorded {
    readonly attributes: Record<string, string>
    readonly events: string[]
  }

  function makeApi(): {
    readonly api: Parameters<typeof instrumentStepgate>[1]['api']
    readonly spans: Recorded[]
    collect(): string[]
  } {
    const spans: Recorded[] = []
    const callbacks = new Set<(result: { observe(...parts: unknown[]): void }) => void>()
    const span = (): {
      isRecording(): boolean
      setAttributes(added: Record<string, string>): void
      addEvent(name: string): void
    } => {
      const recorded: Recorded = { attributes: {}, events: [] }
      spans.push(recorded)
      return {
        isRecording: () => true,
        setAttributes: (added) => Object.assign(recorded.attributes, added),
        addEvent: (name) => recorded.events.push(name),
      }
    }
    const instrument = (name: string): object => ({ name })
    const meter = {
      createObservableCounter: instrument,
      createObservableGauge: instrument,
      addBatchObservableCallback: (callback: (result: { observe(...parts: unknown[]): void }) => void) =>
        void callbacks.add(callback),
      removeBatchObservableCallback: (callback: (result: { observe(...parts: unknown[]): void }) => void) =>
        void callbacks.delete(callback),
    }
    const collect = (): string[] => {
      const lines: string[] = []
      const observe = (of: unknown, value: unknown, labels: unknown): void => {
        lines.push(`${(of as { name: string }).name} ${JSON.stringify(labels)} ${String(value)}`)
      }
      for (const callback of callbacks) callback({ observe })
      return lines
    }
    return { api: { trace: { getActiveSpan: span }, metrics: { getMeter: () => meter } }, spans, collect }
  }

  it('carry each decision, a denial as an event too, until they are taken away', () => {
    const { api, spans, collect } = makeApi()
    const stepgate = makeStepgate()
    const leave = instrumentStepgate(stepgate, { api })
    decideAll(stepgate)
    expect(spans.map(({ events }) => events)).toEqual([
      [],
      ['stepgate.request.denied'],
      ['stepgate.request.would-be-denied'],
    ])
    expect(spans[1]?.attributes).toEqual({
      'stepgate.endpoint': 'GET /orders/:orderId',
      'stepgate.mode': 'enforce',
      'stepgate.decision.id': stepgate.decisions[1]?.decisionId,
      'stepgate.decision.outcome': 'denied',
      'stepgate.decision.reason': 'scope-missing',
      'stepgate.decision.caller': 'billing',
    })
    expect(collect()).toContain('stepgate.decisions {"mode":"enforce","outcome":"denied","reason":"scope-missing"} 1')
    leave()
    decideAll(stepgate)
    expect(spans).toHaveLength(3)
    expect(collect()).toEqual([])
  })

  it('are left alone where there is no active span', () => {
    const { api } = makeApi()
    const stepgate = makeStepgate()
    instrumentStepgate(stepgate, { api: { ...api, trace: { getActiveSpan: () => undefined } } })
    expect(() => decideAll(stepgate)).not.toThrow()
    expect(stepgate.decisions).toHaveLength(3)
  })
})
