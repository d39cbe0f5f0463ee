import { isDeepStrictEqual } from 'node:util'
import { judgeEndpoint, loadEvidenceBase, type EndpointJudgement } from '#lib/control/decision/load-evidence.ts'
import { MINUTES_KEPT_DAYS } from '#lib/store/decisions/retention.ts'
import { toDecisionContext } from './decision-context.ts'
import { FleetRecorder } from './fleet-recorder.ts'
import type { Findings } from './findings.ts'
import { Ledger, type LedgerEntry } from './ledger.ts'
import { DAY_MS } from './rhythms.ts'
import { evidenceAt, judgeDraft, within, type Simulation } from './simulate.ts'
import { STORED_DAYS, type ClosedWindow, type FleetStore, type StoredFleet } from './stored-fleets.ts'

/** Rows by what tells them apart and their time, as counts with ages. */
type Rows = Map<string, string>

/** Days that are over are kept as one, so windows that are compared begin at a midnight. */
const windowHoursUntil = (now: Date): number => 168 + now.getUTCHours()

/** A month of a fleet through ingest into PostgreSQL: the rows are what was folded, and what is judged from them is the same. */
export async function checkStored(
  { fleet, requests }: Simulation,
  store: FleetStore,
  findings: Findings,
): Promise<void> {
  const untilMs = fleet.asksMs[0] ?? fleet.endMs
  const month = within(requests, untilMs - STORED_DAYS * DAY_MS, untilMs)
  const windows: ClosedWindow[] = []
  const ledger = new Ledger(fleet.endpoints)
  const recorder = new FleetRecorder(fleet, month, (service, _instance, window) => {
    windows.push({ service, window })
    ledger.add(service, window.items)
  })
  recorder.recordUntil(untilMs)
  const stored = await store.store(fleet, windows, untilMs)
  await checkRows('hour', ledger, stored, fleet.seed, findings)
  await checkRows('minute', ledger, stored, fleet.seed, findings)
  await checkJudgements({ fleet, requests: month, ledger, recorder }, stored, untilMs, findings)
}

async function checkRows(
  unit: 'minute' | 'hour',
  ledger: Ledger,
  stored: StoredFleet,
  seed: number,
  findings: Findings,
): Promise<void> {
  // Minutes are kept for some days; the last whole ones are compared.
  const fromMs = unit === 'hour' ? 0 : (Math.floor(Date.now() / DAY_MS) - MINUTES_KEPT_DAYS + 2) * DAY_MS
  const [found, told] = [await readRows(unit, stored, fromMs), toRows(unit, ledger.entries, stored, fromMs)]
  for (const key of new Set([...found.keys(), ...told.keys()])) {
    findings.count('stored rows')
    if (found.get(key) !== told.get(key))
      findings.violate('stored', seed, { unit, key, stored: found.get(key), folded: told.get(key) })
  }
}

interface StoredRow {
  readonly facts: unknown[]
  readonly atMs: number
  readonly count: number
  readonly ages: number[] | null
}

async function readRows(
  unit: 'minute' | 'hour',
  { database, environmentId }: StoredFleet,
  fromMs: number,
): Promise<Rows> {
  const { rows } = await database.pool.query<StoredRow>(
    `SELECT jsonb_build_array(s.service_id, s.method, s.route, s.outcome, s.reason, s.token_problem, s.caller_kind, s.caller, s.caller_hint, s.scopes, s.sender, s.evaluated,
       s.context ->> 'requirementsMet') AS facts,
       extract(epoch FROM c.bucket)::float8 * 1000 AS "atMs", c.count::float8 AS count, ${unit === 'hour' ? 'c.token_ages' : 'NULL'}::float8[] AS ages
     FROM decision_${unit} c JOIN decision_signature s ON s.id = c.signature_id WHERE s.environment_id = $1 AND c.bucket >= $2`,
    [environmentId, new Date(fromMs)],
  )
  return new Map(rows.map(({ facts, atMs, count, ages }) => [keyOf(facts, atMs), toText(unit, count, ages)]))
}

function toRows(
  unit: 'minute' | 'hour',
  entries: readonly LedgerEntry[],
  { serviceIds, shiftMs }: StoredFleet,
  fromMs: number,
): Rows {
  const rows: Rows = new Map()
  for (const { serviceId, facts, minutes, hours } of entries) {
    const { method, route, outcome, reason, tokenProblem, callerKind, caller, callerHint, scopes, sender } = facts
    const met = facts.context === null ? null : toJsonText(facts.context.requirementsMet)
    const told = [
      ...[serviceIds.get(serviceId), method, route, outcome, reason, tokenProblem, callerKind, caller, callerHint],
      ...[scopes, sender, facts.evaluated, met],
    ]
    if (unit === 'hour')
      for (const [at, { count, ages }] of hours) rows.set(keyOf(told, at + shiftMs), toText(unit, count, ages))
    else
      for (const [at, count] of minutes)
        if (at + shiftMs >= fromMs) rows.set(keyOf(told, at + shiftMs), toText(unit, count, null))
  }
  return rows
}

/** As PostgreSQL writes JSON. */
const toJsonText = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`
const keyOf = (facts: readonly unknown[], atMs: number): string => `${JSON.stringify(facts)} ${String(atMs)}`
const toText = (unit: 'minute' | 'hour', count: number, ages: readonly number[] | null): string =>
  unit === 'minute' ? String(count) : `${String(count)} ${JSON.stringify(ages)}`

/** With the same identities and instances, of which the database of a simulation has none. */
async function checkJudgements(
  simulation: Simulation,
  stored: StoredFleet,
  untilMs: number,
  findings: Findings,
): Promise<void> {
  const { database, environmentId, shiftMs, serviceIds, endpointIds } = stored
  const now = new Date(untilMs + shiftMs)
  const loaded = await loadEvidenceBase(toDecisionContext(database), environmentId, null, windowHoursUntil(now), now)
  const { holders, lifetimes, instances } = loaded
  const base = { ...evidenceAt(simulation, untilMs, windowHoursUntil(now)), holders, lifetimes, instances }
  for (const endpoint of simulation.fleet.endpoints) {
    const serviceId = serviceIds.get(endpoint.service.id) ?? ''
    const id = endpointIds.get(endpoint.id) ?? ''
    const said = toComparable(judgeEndpoint(loaded, { id, serviceId, rule: endpoint.draft }), shiftMs)
    const expected = toComparable(judgeDraft(base, endpoint), 0)
    findings.count('stored judgements')
    if (!isDeepStrictEqual(said, expected))
      findings.violate('stored judgements', simulation.fleet.seed, { endpoint: endpoint.id, said, expected })
  }
}

const toComparable = (judgement: EndpointJudgement, shiftMs: number) => ({
  readiness: judgement.readiness,
  causes: judgement.causes.map(({ kind, blocking }) => ({ kind, blocking })),
  callers: judgement.callers.map(({ caller, requests, wouldDeny, undetermined, reasons }) => ({
    ...{ key: caller.key, requests, wouldDeny, undetermined },
    reasons: reasons.map(({ reason, count }) => `${reason} ${String(count)}`).toSorted(),
  })),
  callersNotSeen: judgement.callersNotSeen.map(({ key }) => key).toSorted(),
  observedFromMs: judgement.observedFrom === null ? null : judgement.observedFrom.getTime() - shiftMs,
})
