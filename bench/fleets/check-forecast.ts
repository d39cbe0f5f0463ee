import { newlyDenied } from '#lib/control/mode-change/forecast-change.ts'
import type { Remedied } from '#lib/evidence/find-remedied.ts'
import type { CallerSummary } from '#lib/evidence/summarise-callers.ts'
import { decideEnforced } from './fleet-recorder.ts'
import type { Findings } from './findings.ts'
import type { Request } from './make-traffic.ts'
import { HOUR_MS } from './rhythms.ts'
import { isEvaluated, within, type Ask, type Simulation } from './simulate.ts'

/** What a rule in force does to one caller. */
export interface Enforced {
  requests: number
  denied: number
  /** Denied requests by reason. */
  readonly reasons: Map<string, number>
  /** Of the denied requests. */
  readonly behaviours: Set<string>
}

export function enforceDraft(requests: readonly Request[], { endpoint }: Ask, percent: number): Map<string, Enforced> {
  const callers = new Map<string, Enforced>()
  for (const request of requests) {
    const key = request.callerKey
    const enforced = callers.get(key) ?? {
      requests: 0,
      denied: 0,
      reasons: new Map<string, number>(),
      behaviours: new Set<string>(),
    }
    callers.set(key, enforced)
    enforced.requests++
    const { outcome, reason } = decideEnforced(request, endpoint.draft, percent)
    if (outcome !== 'denied') continue
    enforced.denied++
    enforced.behaviours.add(request.behaviour)
    enforced.reasons.set(String(reason), (enforced.reasons.get(String(reason)) ?? 0) + 1)
  }
  return callers
}

/** The replay of what was recorded against the same requests decided one by one with the draft in force. */
export function checkReplay({ fleet }: Simulation, ask: Ask, findings: Findings): void {
  const { endpoint, atMs, windowHours, judgement } = ask
  const seen = within(ask.requests, atMs - windowHours * HOUR_MS, atMs).filter(isEvaluated)
  const enforced = enforceDraft(seen, ask, 100)
  const forecast = new Map(judgement.callers.map((caller) => [caller.caller.key, caller]))
  for (const remedy of judgement.remedied) takeRemedied(enforced, remedy, findings)
  for (const key of new Set([...enforced.keys(), ...forecast.keys()])) {
    const [said, done] = [forecast.get(key), enforced.get(key)]
    findings.count('replayed callers')
    if (said?.undetermined === 0) findings.count('replayed callers, exact')
    if (said === undefined || done === undefined || !agrees(said, done))
      findings.violate('replay', fleet.seed, {
        endpoint: endpoint.id,
        atMs,
        key,
        said,
        done: done && [done, ...done.reasons],
      })
  }
  checkGate(fleet.seed, ask, seen, findings)
}

/** What a grant has ended is told apart: those requests, which were all denied, and nothing since. */
function takeRemedied(enforced: Map<string, Enforced>, { caller, requests }: Remedied, findings: Findings): void {
  const done = enforced.get(caller.key)
  if (done === undefined) return
  findings.count('callers whose grant ended their denials')
  done.requests -= requests
  done.denied -= requests
  const missing = done.reasons.get('scope-missing') ?? 0
  if (missing > requests) done.reasons.set('scope-missing', missing - requests)
  else done.reasons.delete('scope-missing')
}

/** Exactly where the record tells; otherwise within what it leaves open. */
function agrees(said: CallerSummary, done: Enforced): boolean {
  const isWithin = done.denied >= said.wouldDeny && done.denied <= said.wouldDeny + said.undetermined
  return said.requests === done.requests && isWithin && (said.undetermined > 0 || haveSameReasons(said, done))
}

function haveSameReasons({ reasons }: CallerSummary, done: Enforced): boolean {
  const told = new Map<string, number>()
  for (const { reason, count } of reasons) told.set(reason, (told.get(reason) ?? 0) + count)
  return told.size === done.reasons.size && [...told].every(([reason, count]) => done.reasons.get(reason) === count)
}

/** Whom the preview names at a percent of callers, and whom it denies. People are named together: some of them may be denied. */
function checkGate(seed: number, ask: Ask, seen: readonly Request[], findings: Findings): void {
  const { percent } = ask.endpoint
  const named = namedAt(ask, percent)
  const enforced = enforceDraft(seen, ask, percent)
  const remedied = new Map(ask.judgement.remedied.map(({ caller, requests }) => [caller.key, requests]))
  for (const { caller, undetermined } of ask.judgement.callers) {
    const isDenied = (enforced.get(caller.key)?.denied ?? 0) > (remedied.get(caller.key) ?? 0)
    const mayDiffer = caller.kind === 'user' && named.has(caller.key)
    findings.count('callers at a percent')
    if (isDenied !== named.has(caller.key) && !mayDiffer && undetermined === 0)
      findings.violate('percent', seed, {
        endpoint: ask.endpoint.id,
        atMs: ask.atMs,
        key: caller.key,
        percent,
        isDenied,
      })
  }
}

export const namedAt = ({ judgement }: Ask, percent: number): Set<string> =>
  new Set(
    newlyDenied(judgement.callers, { mode: 'log-only', percent: 100 }, { mode: 'enforce', percent }).map(
      ({ caller }) => caller.key,
    ),
  )
