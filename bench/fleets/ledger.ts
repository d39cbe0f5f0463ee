import { addTokenAges } from '#lib/evidence/token-age-counts.ts'
import type { EarlierSignature, SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import type { TokenProblem } from '#lib/policy/vocabulary.ts'
import type { DecisionSignature, FoldedDecisions } from '../../sdk/src/report/fold.ts'
import type { FleetEndpoint, FleetService } from './make-fleet.ts'
import { HOUR_MS, MINUTE_MS } from './rhythms.ts'

export interface Counted {
  count: number
  ages: number[] | null
}

/** A signature with all that was counted of it, as the store keeps it. */
export interface LedgerEntry {
  readonly id: string
  readonly serviceId: string
  readonly endpointId: string | null
  readonly facts: DecisionSignature
  firstAtMs: number
  lastAtMs: number
  readonly minutes: Map<number, number>
  readonly hours: Map<number, Counted>
}

/** What instances reported, in memory, with the reckoning of the store: counts of a window belong to the minute of its last request. */
export class Ledger {
  readonly #endpointIds: ReadonlyMap<string, string>
  readonly #entries = new Map<string, LedgerEntry>()
  readonly #known = new WeakMap<DecisionSignature, LedgerEntry>()

  constructor(endpoints: readonly FleetEndpoint[]) {
    this.#endpointIds = new Map(
      endpoints.map(({ id, service, method, route }) => [`${service.id} ${method} ${route}`, id]),
    )
  }

  get entries(): readonly LedgerEntry[] {
    return [...this.#entries.values()]
  }

  add(service: FleetService, items: readonly FoldedDecisions[]): void {
    for (const item of items) {
      const entry = this.#known.get(item.signature) ?? this.#learn(service, item)
      entry.firstAtMs = Math.min(entry.firstAtMs, item.firstAtMs)
      entry.lastAtMs = Math.max(entry.lastAtMs, item.lastAtMs)
      const minute = Math.floor(item.lastAtMs / MINUTE_MS) * MINUTE_MS
      entry.minutes.set(minute, (entry.minutes.get(minute) ?? 0) + item.count)
      addTo(entry.hours, Math.floor(item.lastAtMs / HOUR_MS) * HOUR_MS, item)
    }
  }

  /** What was counted in a window that begins with an hour. */
  totals(fromMs: number, toMs: number): SignatureTotals[] {
    return this.entries.flatMap((entry) => {
      const hours = [...entry.hours].filter(([at]) => at >= fromMs && at < toMs)
      return hours.length === 0 || entry.endpointId === null ? [] : [toTotals(entry, hours)]
    })
  }

  /** What was counted for the last time in a span that begins with an hour. */
  earlier(fromMs: number, toMs: number): EarlierSignature[] {
    return this.entries.flatMap((entry) => {
      if (!entry.facts.evaluated || entry.endpointId === null || entry.lastAtMs < fromMs || entry.lastAtMs >= toMs)
        return []
      const hours = [...entry.hours].filter(([at]) => at >= fromMs)
      return hours.length === 0 ? [] : [{ ...toTotals(entry, hours), longestPauseHours: longestPauseHours(hours) }]
    })
  }

  #learn({ id: serviceId }: FleetService, { signature, firstAtMs, lastAtMs }: FoldedDecisions): LedgerEntry {
    const { revision: _revision, ...told } = signature
    const key = `${serviceId} ${JSON.stringify(told)}`
    const entry: LedgerEntry = this.#entries.get(key) ?? {
      ...{ id: String(this.#entries.size + 1), serviceId, facts: signature, firstAtMs, lastAtMs },
      endpointId: this.#endpointIds.get(`${serviceId} ${signature.method} ${signature.route}`) ?? null,
      ...{ minutes: new Map<number, number>(), hours: new Map<number, Counted>() },
    }
    this.#entries.set(key, entry)
    this.#known.set(signature, entry)
    return entry
  }
}

function addTo(counts: Map<number, Counted>, at: number, { count, tokenAges }: FoldedDecisions): void {
  const known = counts.get(at)
  if (known === undefined) {
    counts.set(at, { count, ages: tokenAges === null ? null : [...tokenAges] })
    return
  }
  known.count += count
  tokenAges?.forEach((inBucket, bucket) => {
    known.ages ??= []
    known.ages[bucket] = (known.ages[bucket] ?? 0) + inBucket
  })
}

function longestPauseHours(hours: readonly (readonly [number, Counted])[]): number {
  const starts = hours.map(([at]) => at).toSorted((a, b) => a - b)
  return Math.max(0, ...starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / HOUR_MS))
}

function toTotals(entry: LedgerEntry, hours: readonly (readonly [number, Counted])[]): SignatureTotals {
  const { facts } = entry
  const starts = hours.map(([at]) => at)
  const ages = hours.flatMap(([, counted]) => (counted.ages === null ? [] : [counted.ages]))
  return {
    ...{ signatureId: entry.id, endpointId: entry.endpointId, replayed: false, evaluated: facts.evaluated },
    ...{ mode: facts.mode, outcome: facts.outcome, reason: facts.reason },
    tokenProblem: facts.tokenProblem as TokenProblem | null, // a recorder writes nothing else there
    ...{ callerKind: facts.callerKind, caller: facts.caller, callerHint: facts.callerHint, issuer: facts.issuer },
    ...{ scopes: facts.scopes, sender: facts.sender, context: facts.context },
    count: hours.reduce((sum, [, { count }]) => sum + count, 0),
    tokenAges: ages.length === 0 ? null : addTokenAges(ages),
    firstAt: new Date(Math.max(Math.min(...starts), entry.firstAtMs)),
    lastAt: new Date(Math.min(Math.max(...starts) + HOUR_MS, entry.lastAtMs)),
    recordedFrom: new Date(entry.firstAtMs),
  }
}
