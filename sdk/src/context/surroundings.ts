import { NO_CONTEXT, type Context, type RecordedContext } from '../../../lib/policy/decision.ts'
import type { DeviceStanding } from '../../../lib/policy/vocabulary.ts'
import type { Route } from '../guard/route-table.ts'
import { NO_ANSWERS, type Answers } from './answer-sets.ts'
import type { ContextNeeds } from './context-needs.ts'
import type { Device } from './device.ts'
import { DeviceReader } from './device-reader.ts'
import { NOWHERE, type Place } from './geo-lookup.ts'
import type { RequestCounter } from './request-counter.ts'
import { NO_SIGNALS, type SignalBits } from './signal-set.ts'
import type { TokenUse } from './token-use.ts'

const ROUTES_MAX = 256

/**
 * What was found out about the requests of one token, or of one kind of anonymity, so that the next one that looks the same
 * costs comparisons. It lives as long as the token is kept and the configuration stays.
 */
export class Surroundings {
  readonly devices = new DeviceReader()

  /** As they came in, and the address they stand for. */
  remoteAddress: string | undefined
  forwardedFor: string | undefined
  address: string | null = null

  place: Place = NOWHERE
  placedAddress: string | null = null
  placeGeneration = -1

  device: Device | null = null
  standing: DeviceStanding = 'none'
  /** The device that was found in, or added to, the memory of what was seen. */
  seenDevice: Device | null = null
  seenRoute: Route | null = null
  readonly #seenRoutes = new Set<Route>()

  use: TokenUse | null = null
  source = ''
  sourceAddress: string | null = null
  sourceDevice: Device | null = null

  counter: RequestCounter | null = null
  countedRoute: Route | null = null

  /** The token's claims as conditions see them: undefined until one asks, null when they do not fit. */
  claims: ReadonlyMap<string, unknown> | null | undefined = undefined

  #needs: ContextNeeds | null = null
  #place: Place = NOWHERE
  #standing: DeviceStanding = 'none'
  #bits = NO_SIGNALS
  #context: Context = NO_CONTEXT
  #answers: Answers = NO_ANSWERS
  #recorded: RecordedContext | null = null

  /** Whether the route was not among those that were last looked up. */
  isFreshRoute(route: Route): boolean {
    if (route === this.seenRoute) return false
    this.seenRoute = route
    if (this.#seenRoutes.has(route)) return false
    if (this.#seenRoutes.size >= ROUTES_MAX) this.#seenRoutes.clear()
    this.#seenRoutes.add(route)
    return true
  }

  /** What was seen last, if it was made of the same parts. */
  findContext(needs: ContextNeeds, standing: DeviceStanding, bits: SignalBits): Context | null {
    return needs === this.#needs && this.place === this.#place && standing === this.#standing && bits === this.#bits
      ? this.#context
      : null
  }

  keepContext(needs: ContextNeeds, standing: DeviceStanding, bits: SignalBits, context: Context): Context {
    this.#needs = needs
    this.#place = this.place
    this.#standing = standing
    this.#bits = bits
    this.#context = context
    this.#recorded = null
    return context
  }

  /** What was recorded of the context that is kept, if the rule was answered alike. */
  findRecorded(answers: Answers): RecordedContext | null {
    return answers === this.#answers ? this.#recorded : null
  }

  keepRecorded(answers: Answers, recorded: RecordedContext): RecordedContext {
    this.#answers = answers
    this.#recorded = recorded
    return recorded
  }
}
