import { randomUUID } from 'node:crypto'
import { decide, decideUndeclared } from '../../../lib/policy/evaluate.ts'
import { NO_CONTEXT, type Decision, type Facts, type RecordedContext } from '../../../lib/policy/decision.ts'
import type { Network } from '../../../lib/policy/network.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { ContextReader } from '../context/context-reader.ts'
import type { EventHub } from '../event-hub.ts'
import type { DecisionQueue } from '../report/decision-queue.ts'
import type { DecisionSample } from '../report/fold.ts'
import { Recorder } from '../report/recorder.ts'
import type { SenderProver } from '../sender/sender-prover.ts'
import { usesDpop } from '../sender/uses-dpop.ts'
import { Authenticator } from '../token/authenticator.ts'
import { Caller } from '../token/caller.ts'
import type { Memo } from '../token/caller-facts.ts'
import { clientAddress } from '../token/client-address.ts'
import type { ToVerifier } from '../token/verifier.ts'
import { toDecisionEvent } from './decision-event.ts'
import type { ExplainDecision } from './explain-decision.ts'
import { CLOSED, type Refusal } from './refusal.ts'
import type { ChallengedCaller, RefuseDenied } from './refuse-denied.ts'
import { RequestDecision } from './request-decision.ts'
import type { RequestReader } from './request-reader.ts'
import type { Binding, Route, RouteTable } from './route-table.ts'
import { messageOf } from '../caught-error.ts'

/** Null lets the request pass undecided, as mode `off` does. */
export type GuardAnswer = RequestDecision | Refusal | null

export interface GuardParts {
  readonly routes: RouteTable
  readonly queue: DecisionQueue
  readonly events: EventHub
  readonly trustedProxies: readonly Network[]
  readonly foldsMax: number
  readonly explain: ExplainDecision
  readonly refuse: RefuseDenied
  readonly toVerifier: ToVerifier
  /** Looks at what surrounds requests. May be there only when the first configuration that asks for it is applied. */
  readonly context?: ContextReader | null
  /** Looks whether a bound token is the caller's own. Without it none is; it has to be there with the first configuration. */
  readonly prover: SenderProver | null
}

/** One request on its way through the guard. */
interface Visit<Request> {
  readonly route: Route
  readonly binding: Binding
  readonly caller: Caller
  readonly request: Request
  readonly reader: RequestReader<Request>
  readonly nowMs: number
  readonly tokenAgeSeconds: number | null
}

/** Stands for everybody while the mode is off: requests are counted and nothing of them is looked at. */
const ANYBODY = new Caller('', { problem: null, token: null }, null)

const PATH_LENGTH_MAX = 500
const USER_AGENT_LENGTH_MAX = 300

/** Decides requests at their route: authenticates, evaluates, applies the mode, records. Never throws, never waits. */
export class Guard {
  readonly #parts: GuardParts
  readonly #recorder: Recorder
  readonly #authenticator = new Authenticator()

  constructor(parts: GuardParts) {
    this.#parts = parts
    this.#recorder = new Recorder(parts.queue, parts.foldsMax)
  }

  /** From the next request on decides by this snapshot. */
  apply(snapshot: Snapshot): void {
    const verifier = this.#parts.toVerifier(snapshot)
    this.#authenticator.use(verifier)
    this.#recorder.begin(snapshot.report.samplesPerSignature)
    this.#parts.context?.apply(snapshot)
    this.#parts.routes.bind(snapshot, this.#parts.context?.needsOf)
    for (const keyId of verifier.unusableKeys)
      this.#parts.events.failure('key-unusable', `key "${keyId}" cannot be used; tokens signed with it are refused`)
  }

  check<Request>(route: Route, request: Request, reader: RequestReader<Request>): GuardAnswer {
    const { binding } = route
    if (binding === null) return CLOSED
    try {
      return binding.mode === 'off' ? this.#countOnly(route, binding) : this.#decide(route, binding, request, reader)
    } catch (error) {
      return this.#answerFailure(binding, error)
    }
  }

  #countOnly(route: Route, binding: Binding): null {
    binding.unevaluated ??= this.#recorder.foldOf(
      route,
      ANYBODY,
      decide(ANYBODY.facts, binding),
      binding.revision,
      false,
    )
    this.#recorder.count(binding.unevaluated, Date.now(), null)
    return null
  }

  #decide<Request>(route: Route, binding: Binding, request: Request, reader: RequestReader<Request>): GuardAnswer {
    const nowMs = Date.now()
    const known = this.#authenticator.authenticate(request, reader, nowMs)
    const caller =
      known.binding === null ? known : (this.#parts.prover?.prove(known, request, reader, nowMs, binding) ?? known)
    const tokenAgeSeconds = caller.issuedAtSeconds === null ? null : nowMs / 1000 - caller.issuedAtSeconds
    const isHeard = this.#parts.events.hearsDecisions
    const allowed = caller.allowedOn(route)
    if (allowed !== null && !isHeard) {
      this.#recorder.count(allowed, nowMs, tokenAgeSeconds)
      return new RequestDecision(caller, allowed.signature, null)
    }
    let memo = caller.facts.findMemo(route)
    if (memo === null || !binding.isConstant)
      memo = this.#evaluate({ route, binding, caller, request, reader, nowMs, tokenAgeSeconds }, memo)
    this.#recorder.count(memo.fold, nowMs, tokenAgeSeconds)
    if (memo.decision.outcome === 'allowed' && binding.isConstant) caller.allow(route, memo.fold)
    if (memo.decision.outcome === 'allowed' && !isHeard) return new RequestDecision(caller, memo.decision, null)
    return this.#answer({ route, binding, caller, request, reader, nowMs, tokenAgeSeconds }, memo)
  }

  #evaluate<Request>(visit: Visit<Request>, known: Memo | null): Memo {
    const { route, binding, caller } = visit
    caller.facts.tokenAgeSeconds = visit.tokenAgeSeconds
    caller.facts.address = binding.needsAddress ? this.#addressOf(visit) : null
    const context = this.#readContext(visit)
    const decision = binding.isDeclared ? decide(caller.facts, binding) : decideUndeclared(caller.facts, binding.mode)
    for (let memo = known; memo !== null; memo = memo.next) {
      if (
        memo.context === context &&
        memo.decision.outcome === decision.outcome &&
        memo.decision.reason === decision.reason
      )
        return memo
    }
    const fold = this.#recorder.foldOf(route, caller, decision, binding.revision, true, context)
    return caller.facts.keepMemo(route, decision, fold, context, known)
  }

  /** Puts what surrounds the request into the caller's facts; answers what of it is recorded. */
  #readContext<Request>({ route, binding, caller, request, reader }: Visit<Request>): RecordedContext | null {
    caller.facts.context = NO_CONTEXT
    return binding.needs === null
      ? null
      : (this.#parts.context?.read(caller, route, binding.needs, request, reader) ?? null)
  }

  #answer<Request>(visit: Visit<Request>, { decision, fold }: Memo): RequestDecision | Refusal {
    const decisionId = randomUUID()
    if (decision.outcome !== 'allowed') this.#recorder.sample(fold, () => this.#toSample(visit, decisionId))
    this.#tell(visit, decision, decisionId)
    return decision.outcome === 'denied' && decision.reason !== null
      ? this.#parts.refuse(decision.reason, visit.binding.rule, decisionId, this.#challenged(visit))
      : new RequestDecision(visit.caller, decision, decisionId)
  }

  #tell<Request>(visit: Visit<Request>, decision: Decision, decisionId: string): void {
    const { route, caller } = visit
    const { context } = caller.facts
    this.#parts.events.decided(decision.outcome, () =>
      toDecisionEvent(route, caller, decision, decisionId, () =>
        this.#parts.explain({ ...this.#factsOf(visit), context }, visit.binding),
      ),
    )
  }

  #challenged<Request>({ request, reader, nowMs, caller, binding }: Visit<Request>): ChallengedCaller {
    return {
      usesDpop: usesDpop(reader.authorization(request)),
      retryAfterSeconds: () => this.#parts.context?.retryAfterSeconds(caller, binding.needs) ?? 1,
      nonce: this.#parts.prover?.nonceFor(request, nowMs) ?? null,
    }
  }

  #factsOf<Request>(visit: Visit<Request>): Facts {
    const facts: Facts = visit.caller.facts
    return { ...facts, tokenAgeSeconds: visit.tokenAgeSeconds, address: this.#addressOf(visit) }
  }

  #toSample<Request>(visit: Visit<Request>, id: string): DecisionSample {
    const { binding, caller, request, reader, nowMs, tokenAgeSeconds } = visit
    const facts = this.#factsOf(visit)
    const claims = caller.readClaims()
    return {
      id,
      atMs: nowMs,
      path: reader.path(request).slice(0, PATH_LENGTH_MAX),
      address: facts.address?.slice(0, 64) ?? null,
      userAgent: reader.userAgent(request)?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
      subject: caller.subject,
      actors: claims?.actors ?? [],
      device: this.#parts.context?.deviceOf(caller, binding.needs) ?? null,
      tokenId: claims?.tokenId ?? null,
      tokenAgeSeconds: tokenAgeSeconds === null ? null : Math.round(tokenAgeSeconds * 1000) / 1000,
      checks: this.#parts.explain(facts, binding),
    }
  }

  #addressOf<Request>({ request, reader }: Visit<Request>): string | null {
    return clientAddress(
      reader.socket(request)?.remoteAddress,
      reader.header(request, 'x-forwarded-for'),
      this.#parts.trustedProxies,
    )
  }

  /** An error of ours must not let a request through that would be refused, nor refuse one in log-only. */
  #answerFailure(binding: Binding, error: unknown): GuardAnswer {
    this.#parts.events.failure('decision-failed', messageOf(error, 'unknown'))
    return binding.mode === 'enforce' ? CLOSED : null
  }
}
