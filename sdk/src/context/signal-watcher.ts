import type { Route } from '../guard/route-table.ts'
import type { Caller } from '../token/caller.ts'
import type { SeenMemory } from './seen-memory.ts'
import {
  CREDENTIAL_CONCURRENT,
  DEVICE_FIRST_SEEN,
  ENDPOINT_FIRST_USE,
  NO_SIGNALS,
  TRAVEL_IMPOSSIBLE,
  type SignalBits,
} from './signal-set.ts'
import type { Surroundings } from './surroundings.ts'
import { TokenUses } from './token-uses.ts'

/** Notices what is unusual about a request. */
export class SignalWatcher {
  readonly #memory: SeenMemory
  readonly #tokens = new TokenUses()

  constructor(memory: SeenMemory) {
    this.#memory = memory
  }

  /** Of the watched signals those that this request raises. A token that is not valid is no use by its caller, so raises none. */
  raisedBy(around: Surroundings, caller: Caller, route: Route, watched: SignalBits, nowMs: number): SignalBits {
    const { callerKey, tokenProblem } = caller.facts
    if (callerKey === null || tokenProblem !== null) return NO_SIGNALS
    let raised = NO_SIGNALS
    if ((watched & DEVICE_FIRST_SEEN) !== 0 && this.#isNewDevice(around, callerKey)) raised |= DEVICE_FIRST_SEEN
    if ((watched & ENDPOINT_FIRST_USE) !== 0 && this.#isFirstUse(around, callerKey, route)) raised |= ENDPOINT_FIRST_USE
    if ((watched & (TRAVEL_IMPOSSIBLE | CREDENTIAL_CONCURRENT)) === 0) return raised
    return raised | (watched & this.#watchToken(around, caller, nowMs))
  }

  #isNewDevice(around: Surroundings, callerKey: string): boolean {
    const { device } = around
    if (device === null || device === around.seenDevice) return false
    around.seenDevice = device
    return this.#memory.isNew('device', callerKey, device.id)
  }

  #isFirstUse(around: Surroundings, callerKey: string, route: Route): boolean {
    return around.isFreshRoute(route) && this.#memory.isNew('endpoint', callerKey, route.method, route.template)
  }

  #watchToken(around: Surroundings, caller: Caller, nowMs: number): SignalBits {
    const use = (around.use ??= this.#tokens.useOf(caller))
    const travel = use.travelsImpossibly(around.place, nowMs) ? TRAVEL_IMPOSSIBLE : NO_SIGNALS
    return travel | (use.isConcurrent(sourceOf(around), nowMs) ? CREDENTIAL_CONCURRENT : NO_SIGNALS)
  }
}

/** A proven key is one sender wherever it is. Anything else can be copied with the token, so the address tells as well. */
function sourceOf(around: Surroundings): string {
  const { device, address } = around
  if (device === around.sourceDevice && address === around.sourceAddress) return around.source
  around.sourceDevice = device
  around.sourceAddress = address
  around.source = device?.isProven === true ? device.id : `${device?.id ?? ''} ${address ?? ''}`
  return around.source
}
