import type pg from 'pg'
import type { Rule } from '../../policy/rule.ts'
import { REQUIREMENT_KINDS, RULE_DEFAULT } from '../../policy/rule.ts'
import type { CallerKind } from '../../policy/vocabulary.ts'
import { toCaller, type Caller } from '../../evidence/caller.ts'
import { judgeReadiness, type Cause, type Readiness } from '../../evidence/readiness.ts'
import { replayRule } from '../../evidence/replay-rule.ts'
import { summariseCallers, type CallerSummary } from '../../evidence/summarise-callers.ts'
import { readKnownCallers, type KnownCaller } from '#lib/store/decisions/read-known-callers.ts'
import { readLiveInstances, type LiveInstance } from '#lib/store/decisions/read-live-instances.ts'
import type { DecisionContext } from '../context.ts'
import { readSharedCredentials, type SharedCredential } from '#lib/store/decisions/read-shared-credentials.ts'
import type { SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long a caller is remembered. */
const KNOWN_DAYS = 30

export interface JudgedEndpoint {
  readonly id: string
  readonly serviceId: string
  readonly rule: Rule | null
}

/** Who may call a service, and with which of its scopes. */
export interface Holder {
  readonly caller: Caller
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
}

/** Recorded facts of a window, and who else is known. */
export interface EvidenceBase {
  readonly now: Date
  readonly windowHours: number
  readonly signatures: ReadonlyMap<string, readonly SignatureTotals[]>
  readonly knownCallers: ReadonlyMap<string, readonly KnownCaller[]>
  readonly instances: ReadonlyMap<string, readonly LiveInstance[]>
  readonly sharedCredentials: readonly SharedCredential[]
  /** By service. */
  readonly holders: ReadonlyMap<string, readonly Holder[]>
}

export interface EndpointJudgement {
  readonly readiness: Readiness
  readonly causes: readonly Cause[]
  readonly callers: readonly CallerSummary[]
  readonly callersNotSeen: readonly Caller[]
  readonly requests: number
  readonly unevaluatedRequests: number
  readonly replayedRequests: number
  readonly wouldDeny: number
  readonly undetermined: number
  readonly observedFrom: Date | null
  readonly observedTo: Date | null
  readonly sharedCredentials: readonly SharedCredential[]
}

/** Loads what a judgement of these endpoints, or of all, rests on. */
export async function loadEvidenceBase(
  { pool, decisions }: DecisionContext,
  environmentId: string,
  endpointIds: readonly string[] | null,
  windowHours: number,
  now = new Date(),
): Promise<EvidenceBase> {
  const from = new Date(now.getTime() - windowHours * HOUR_MS)
  const [signatures, known, instances, sharedCredentials, holders] = await Promise.all([
    decisions.counts.readTotals({ environmentId, endpointIds, from, to: now }),
    readKnownCallers(pool, environmentId, endpointIds, new Date(now.getTime() - KNOWN_DAYS * DAY_MS)),
    readLiveInstances(pool, environmentId),
    readSharedCredentials(pool, environmentId, new Date(now.getTime() - DAY_MS)),
    readHolders(pool, environmentId),
  ])
  return {
    now,
    windowHours,
    signatures: Map.groupBy(signatures, ({ endpointId }) => endpointId ?? ''),
    knownCallers: Map.groupBy(known, ({ endpointId }) => endpointId),
    instances: Map.groupBy(instances, ({ serviceId }) => serviceId),
    sharedCredentials,
    holders,
  }
}

interface HolderRow {
  readonly clientId: string
  readonly kind: Extract<CallerKind, 'service' | 'integration'>
  readonly serviceId: string
  readonly scopes: string[]
}

async function readHolders(pool: pg.Pool, environmentId: string): Promise<Map<string, Holder[]>> {
  const { rows } = await pool.query<HolderRow>(
    `SELECT i.client_id AS "clientId", i.kind::text AS kind, c.service_id AS "serviceId", array_agg(c.name) AS scopes
     FROM "grant" g JOIN identity i ON i.id = g.identity_id JOIN scope c ON c.id = g.scope_id
     WHERE g.environment_id = $1 AND (g.expires_at IS NULL OR g.expires_at > now())
     GROUP BY i.client_id, i.kind, c.service_id`,
    [environmentId],
  )
  const holders = new Map<string, Holder[]>()
  for (const { clientId, kind, serviceId, scopes } of rows) {
    const ofService = holders.get(serviceId) ?? []
    holders.set(serviceId, ofService)
    ofService.push({ caller: toCaller(kind, clientId, null), clientId, scopes: new Set(scopes) })
  }
  return holders
}

/** Judges one endpoint by its present rule, or by a draft. */
export function judgeEndpoint(
  base: EvidenceBase,
  endpoint: JudgedEndpoint,
  rule: Rule | null = endpoint.rule,
): EndpointJudgement {
  const recorded = base.signatures.get(endpoint.id) ?? []
  const replayed = replayRule(recorded, rule ?? RULE_DEFAULT)
  const callers = summariseCallers(replayed)
  const evaluated = replayed.map(({ facts }) => facts)
  const totals = {
    requests: sum(callers, ({ requests }) => requests),
    unevaluatedRequests: sum(recorded, ({ evaluated: known, count }) => (known ? 0 : count)),
    wouldDeny: sum(callers, ({ wouldDeny }) => wouldDeny),
    undetermined: sum(callers, ({ undetermined }) => undetermined),
  }
  const unseen = findUnseen(base, endpoint, rule, callers)
  const instances = base.instances.get(endpoint.serviceId) ?? []
  const observedFrom =
    evaluated.length === 0 ? null : new Date(Math.min(...evaluated.map(({ firstAt }) => firstAt.getTime())))
  const sharedCredentials = base.sharedCredentials.filter(({ clientId }) =>
    callers.some(({ caller }) => caller.name === clientId),
  )
  const judged = judgeReadiness({
    ...totals,
    hasRule: rule !== null,
    openKinds: REQUIREMENT_KINDS.filter((kind) => replayed.some(({ openKinds }) => openKinds.includes(kind))),
    deniedCallers: callers.filter(({ wouldDeny }) => wouldDeny > 0).map(({ caller }) => caller),
    observedFrom,
    now: base.now,
    ...unseen,
    liveInstances: instances.length,
    instancesBehind: instances.filter(({ confirmed }) => !confirmed).length,
    dropped: sum(instances, ({ dropped }) => dropped),
    sharedCredentials: sharedCredentials.map(({ clientId }) => clientId),
  })
  return {
    ...judged,
    ...totals,
    callers,
    callersNotSeen: [...unseen.callersGone, ...unseen.holdersNotSeen],
    replayedRequests: sum(evaluated, ({ replayed: again, count }) => (again ? count : 0)),
    observedFrom,
    observedTo: evaluated.length === 0 ? null : new Date(Math.max(...evaluated.map(({ lastAt }) => lastAt.getTime()))),
    sharedCredentials,
  }
}

function findUnseen(
  base: EvidenceBase,
  endpoint: JudgedEndpoint,
  rule: Rule | null,
  callers: readonly CallerSummary[],
) {
  const seen = new Set(callers.map(({ caller }) => caller.key))
  const known = (base.knownCallers.get(endpoint.id) ?? []).map((caller) =>
    toCaller(caller.callerKind, caller.caller, null),
  )
  const knownKeys = new Set(known.map(({ key }) => key))
  const holders = findHolders(base.holders.get(endpoint.serviceId) ?? [], rule)
  return {
    callersGone: known.filter(({ key }) => !seen.has(key)),
    holdersNotSeen: holders.filter(({ key }) => !seen.has(key) && !knownKeys.has(key)),
  }
}

/** Identities that hold every scope the rule asks for. */
function findHolders(holders: readonly Holder[], rule: Rule | null): Caller[] {
  const needed = rule?.requirements.find((requirement) => requirement.kind === 'scopes')?.allOf ?? []
  if (needed.length === 0) return []
  return holders.filter(({ scopes }) => needed.every((scope) => scopes.has(scope))).map(({ caller }) => caller)
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
