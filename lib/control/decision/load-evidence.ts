import type pg from 'pg'
import type { Rule } from '../../policy/rule.ts'
import { REQUIREMENT_KINDS, RULE_DEFAULT } from '../../policy/rule.ts'
import type { CallerKind } from '../../policy/vocabulary.ts'
import { toCaller, type Caller } from '../../evidence/caller.ts'
import { findDoubtfulAges } from '../../evidence/find-doubtful-ages.ts'
import { splitRemedied, type Remedied } from '../../evidence/find-remedied.ts'
import { observedSince } from '../../evidence/observed-since.ts'
import { judgeReadiness, MEMORY_DAYS, type Cause, type Readiness } from '../../evidence/readiness.ts'
import { recallCallers } from '../../evidence/recall-callers.ts'
import { replayRule } from '../../evidence/replay-rule.ts'
import { summariseCallers, type CallerSummary } from '../../evidence/summarise-callers.ts'
import { readLiveInstances, type LiveInstance } from '#lib/store/decisions/read-live-instances.ts'
import type { DecisionContext } from '../context.ts'
import { readSharedCredentials, type SharedCredential } from '#lib/store/decisions/read-shared-credentials.ts'
import { readCallerLifetimes } from '#lib/store/decisions/read-caller-lifetimes.ts'
import {
  readEarlierSignatures,
  type EarlierSignature,
  type SignatureTotals,
} from '#lib/store/decisions/read-signature-totals.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface JudgedEndpoint {
  readonly id: string
  readonly serviceId: string
  readonly rule: Rule | null
}

/** Who may call a service, and with which of its scopes. */
export interface Holder {
  readonly caller: Caller
  readonly clientId: string
  /** By scope, when it was granted. */
  readonly grantedAt: ReadonlyMap<string, Date>
}

/** Recorded facts of a window, and who else is known. */
export interface EvidenceBase {
  readonly now: Date
  readonly windowHours: number
  readonly signatures: ReadonlyMap<string, readonly SignatureTotals[]>
  /** Recorded in the weeks before the window, and not in it. */
  readonly earlier: ReadonlyMap<string, readonly EarlierSignature[]>
  /** Seconds that tokens of identities live, by `client_id`. */
  readonly lifetimes: ReadonlyMap<string, number>
  readonly instances: ReadonlyMap<string, readonly LiveInstance[]>
  readonly sharedCredentials: readonly SharedCredential[]
  /** By service. */
  readonly holders: ReadonlyMap<string, readonly Holder[]>
}

export interface EndpointJudgement {
  readonly readiness: Readiness
  readonly causes: readonly Cause[]
  readonly callers: readonly CallerSummary[]
  /** Not in the counts: a grant has ended what was recorded of them. */
  readonly remedied: readonly Remedied[]
  readonly callersNotSeen: readonly Caller[]
  /** Their tokens may be older than the rule allows, and few requests were seen. */
  readonly callersDoubtful: readonly Caller[]
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
  const memoryFrom = new Date(now.getTime() - MEMORY_DAYS * DAY_MS)
  const [signatures, earlier, lifetimes, instances, sharedCredentials, holders] = await Promise.all([
    decisions.counts.readTotals({ environmentId, endpointIds, from, to: now }),
    readEarlierSignatures(pool, { environmentId, endpointIds, from: memoryFrom, to: from }),
    readCallerLifetimes(pool, environmentId),
    readLiveInstances(pool, environmentId),
    readSharedCredentials(pool, environmentId, new Date(now.getTime() - DAY_MS)),
    readHolders(pool, environmentId),
  ])
  return {
    now,
    windowHours,
    signatures: Map.groupBy(signatures, ({ endpointId }) => endpointId ?? ''),
    earlier: Map.groupBy(earlier, ({ endpointId }) => endpointId ?? ''),
    lifetimes,
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
  readonly grantedAt: Date[]
}

/** By service. */
export async function readHolders(pool: pg.Pool, environmentId: string): Promise<Map<string, Holder[]>> {
  const { rows } = await pool.query<HolderRow>(
    `SELECT i.client_id AS "clientId", i.kind::text AS kind, c.service_id AS "serviceId", array_agg(c.name ORDER BY c.name) AS scopes, array_agg(g.created_at ORDER BY c.name) AS "grantedAt"
     FROM "grant" g JOIN identity i ON i.id = g.identity_id JOIN scope c ON c.id = g.scope_id
     WHERE g.environment_id = $1 AND (g.expires_at IS NULL OR g.expires_at > now())
     GROUP BY i.client_id, i.kind, c.service_id`,
    [environmentId],
  )
  const holders = new Map<string, Holder[]>()
  for (const { clientId, kind, serviceId, scopes, grantedAt } of rows) {
    const ofService = holders.get(serviceId) ?? []
    holders.set(serviceId, ofService)
    ofService.push({
      caller: toCaller(kind, clientId, null),
      clientId,
      grantedAt: new Map(scopes.map((scope, at) => [scope, grantedAt[at] ?? new Date()])),
    })
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
  const { standing, remedied } = splitRemedied(replayRule(recorded, rule ?? RULE_DEFAULT), {
    holders: base.holders.get(endpoint.serviceId) ?? [],
    lifetimes: base.lifetimes,
  })
  const callers = summariseCallers(standing)
  const evaluated = standing.map(({ facts }) => facts)
  const totals = {
    requests: sum(callers, ({ requests }) => requests),
    unevaluatedRequests: sum(recorded, ({ evaluated: known, count }) => (known ? 0 : count)),
    wouldDeny: sum(callers, ({ wouldDeny }) => wouldDeny),
    undetermined: sum(callers, ({ undetermined }) => undetermined),
  }
  const earlier = base.earlier.get(endpoint.id) ?? []
  const unseen = findUnseen(base, endpoint, rule, callers)
  const doubtful = findDoubtfulAges(callers, rule ?? RULE_DEFAULT, base.lifetimes)
  const instances = base.instances.get(endpoint.serviceId) ?? []
  const observedFrom = observedSince(recorded, earlier, new Date(base.now.getTime() - base.windowHours * HOUR_MS))
  const sharedCredentials = base.sharedCredentials.filter(({ clientId }) =>
    callers.some(({ caller }) => caller.name === clientId),
  )
  const judged = judgeReadiness({
    ...totals,
    hasRule: rule !== null,
    openKinds: REQUIREMENT_KINDS.filter((kind) => standing.some(({ openKinds }) => openKinds.includes(kind))),
    deniedCallers: callers.filter(({ wouldDeny }) => wouldDeny > 0).map(({ caller }) => caller),
    observedFrom,
    now: base.now,
    ...unseen,
    callersDoubtful: doubtful,
    callersRemedied: remedied,
    liveInstances: instances.length,
    instancesBehind: instances.filter(({ confirmed }) => !confirmed).length,
    dropped: sum(instances, ({ dropped }) => dropped),
    sharedCredentials: sharedCredentials.map(({ clientId }) => clientId),
  })
  return {
    ...judged,
    ...totals,
    callers,
    remedied,
    callersNotSeen: [...unseen.callersReturning, ...unseen.callersAllowedBefore, ...unseen.holdersNotSeen],
    callersDoubtful: doubtful.map(({ caller }) => caller),
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
  const recalled = recallCallers({
    rule: rule ?? RULE_DEFAULT,
    recorded: base.signatures.get(endpoint.id) ?? [],
    earlier: base.earlier.get(endpoint.id) ?? [],
    now: base.now,
  })
  const holders = findHolders(base.holders.get(endpoint.serviceId) ?? [], rule)
  const mayStill = ({ key, kind }: Caller): boolean =>
    !needsScopes(rule) || kind === 'user' || holders.some((holder) => holder.key === key)
  const seen = new Set(
    [...callers.map(({ caller }) => caller), ...recalled.returning, ...recalled.allowed].map(({ key }) => key),
  )
  return {
    callersReturning: [...recalled.returning, ...recalled.allowed.filter((caller) => !mayStill(caller))],
    callersAllowedBefore: recalled.allowed.filter(mayStill),
    holdersNotSeen: holders.filter(({ key }) => !seen.has(key)),
  }
}

const neededScopes = (rule: Rule | null): readonly string[] =>
  rule?.requirements.find((requirement) => requirement.kind === 'scopes')?.allOf ?? []
const needsScopes = (rule: Rule | null): boolean => neededScopes(rule).length > 0

/** Identities that hold every scope the rule asks for. */
function findHolders(holders: readonly Holder[], rule: Rule | null): Caller[] {
  const needed = neededScopes(rule)
  if (needed.length === 0) return []
  return holders.filter(({ grantedAt }) => needed.every((scope) => grantedAt.has(scope))).map(({ caller }) => caller)
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
