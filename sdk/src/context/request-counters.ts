import { parseNetwork } from '../../../lib/policy/network.ts'
import type { Route } from '../guard/route-table.ts'
import { RequestCounter } from './request-counter.ts'

const COUNTERS_MAX = 20_000
const SWEEP_INTERVAL_MS = 1_000

/** Whoever has one IPv6 address has the 2^64 beside it. */
function subscriberOf(address: string): string {
  const network = address.includes(':') ? parseNetwork(`${address.split('%', 1)[0] ?? ''}/64`) : null
  return network?.family === 6 ? network.words.slice(0, 2).join(':') : address
}

/** A bounded number of counters. */
class CounterPool {
  readonly #counters = new Map<string, RequestCounter>()
  #sweptAtMs = -Infinity

  /** Null when all places are taken by callers that were here in their window. */
  find(key: string, windowSeconds: number, nowMs: number): RequestCounter | null {
    const known = this.#counters.get(key)
    if (known !== undefined) return known
    if (this.#counters.size >= COUNTERS_MAX) this.#sweep(nowMs)
    if (this.#counters.size >= COUNTERS_MAX) return null
    const counter = new RequestCounter(windowSeconds)
    this.#counters.set(key, counter)
    return counter
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptAtMs < SWEEP_INTERVAL_MS) return
    this.#sweptAtMs = nowMs
    for (const [key, counter] of this.#counters) {
      if (!counter.isIdle(nowMs)) continue
      counter.isForgotten = true
      this.#counters.delete(key)
    }
  }
}

/**
 * Counters by caller, or by address where there is no caller, and endpoint. Callers and addresses have places of their own,
 * so that a flood from many addresses displaces no caller; newcomers for whom there is no place are counted together.
 */
export class RequestCounters {
  readonly #callers = new CounterPool()
  readonly #addresses = new CounterPool()
  readonly #shared = new Map<string, RequestCounter>()

  ofCaller(callerKey: string, route: Route, windowSeconds: number, nowMs: number): RequestCounter {
    const endpoint = `${String(route.number)} ${String(windowSeconds)}`
    return (
      this.#callers.find(`${endpoint} ${callerKey}`, windowSeconds, nowMs) ??
      this.#sharedOf(`caller ${endpoint}`, windowSeconds)
    )
  }

  ofAddress(address: string | null, route: Route, windowSeconds: number, nowMs: number): RequestCounter {
    const endpoint = `${String(route.number)} ${String(windowSeconds)}`
    const subscriber = address === null ? 'unknown' : subscriberOf(address)
    return (
      this.#addresses.find(`${endpoint} ${subscriber}`, windowSeconds, nowMs) ??
      this.#sharedOf(`address ${endpoint}`, windowSeconds)
    )
  }

  #sharedOf(key: string, windowSeconds: number): RequestCounter {
    const counter = this.#shared.get(key) ?? new RequestCounter(windowSeconds)
    this.#shared.set(key, counter)
    return counter
  }
}
