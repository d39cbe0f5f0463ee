import type { z } from 'zod'
import { REPLAY_ITEMS_MAX, ReplayRequest, type Replay, type ReplayItem } from '../../contract/replay.ts'
import { replayDraft, type DraftReplay, type ReplayedAccess } from '../../evidence/replay-draft.ts'
import { judgeNoLoss } from '../../evidence/judge-no-loss.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { parseInput } from '../parse-input.ts'
import { loadFleetEndpoints, type NamedEndpoint } from './load-fleet-endpoints.ts'
import { resolveDraft } from './resolve-draft.ts'

const DAY_MS = 86_400_000

/** Who would lose or gain what by a draft. Changes nothing. */
export async function readReplay(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof ReplayRequest>,
): Promise<z.input<typeof Replay>> {
  requireRole(actor, 'viewer')
  const request = parseInput(ReplayRequest, input)
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const endpoints = await loadFleetEndpoints(ctx.pool, environmentId)
  const resolved = await resolveDraft(ctx.database, environmentId, endpoints, request.draft)
  const { endpointIds, callers, scopes } = resolved
  const window = toWindow(request, new Date())
  const recorded = await ctx.decisions.counts.readTotals({ environmentId, ...window, endpointIds, callers, scopes })
  const replay = replayDraft(recorded, endpoints, resolved.draft)
  const firstAt = recorded.reduce((first, { firstAt: at }) => Math.min(first, at.getTime()), Number.POSITIVE_INFINITY)
  const observedFrom = Number.isFinite(firstAt) ? new Date(firstAt) : null
  return {
    ...toCounts(replay),
    ...judgeNoLoss(replay, observedFrom, window.to),
    from: window.from.toISOString(),
    to: window.to.toISOString(),
    observedFrom: observedFrom?.toISOString() ?? null,
    signatures: replay.signatures,
    unevaluated: replay.unevaluated,
    lostEnforced: replay.lostEnforced,
    losing: countCallers(replay, ({ lost }) => lost > 0),
    gaining: countCallers(replay, ({ gained }) => gained > 0),
    withoutToken: resolved.withoutToken.map(({ clientId, serviceSlug }) => ({ clientId, serviceSlug })),
    items: replay.accesses.slice(0, REPLAY_ITEMS_MAX).flatMap((access) => toItem(access, endpoints)),
    total: replay.accesses.length,
  }
}

function toWindow(
  { days, since }: z.output<typeof ReplayRequest>,
  to: Date,
): { readonly from: Date; readonly to: Date } {
  const start = to.getTime() - days * DAY_MS
  const from = new Date(since === undefined ? start : Math.max(start, Date.parse(since)))
  return { from, to }
}

const countCallers = ({ accesses }: DraftReplay, isCounted: (access: ReplayedAccess) => boolean): number =>
  new Set(accesses.filter(isCounted).map(({ caller }) => caller.key)).size

const toCounts = ({
  requests,
  lost,
  gained,
  unchanged,
  undetermined,
}: Omit<ReplayedAccess, 'caller'> | DraftReplay) => ({
  requests,
  lost,
  gained,
  unchanged,
  undetermined,
})

function toItem(access: ReplayedAccess, endpoints: ReadonlyMap<string, NamedEndpoint>): z.input<typeof ReplayItem>[] {
  const endpoint = endpoints.get(access.endpointId)
  if (!endpoint) return []
  const { caller, example } = access
  return [
    {
      ...toCounts(access),
      caller,
      endpointId: endpoint.id,
      serviceSlug: endpoint.serviceSlug,
      method: endpoint.method,
      route: endpoint.route,
      mode: endpoint.gate.mode,
      percent: endpoint.gate.percent,
      isEnforced: access.isEnforced,
      reasons: access.reasons.map(({ reason, missingScopes, count }) => ({
        reason,
        missingScopes: [...missingScopes],
        count,
      })),
      example: {
        at: example.lastAt.toISOString(),
        scopes: [...example.scopes],
        sender: example.sender,
        requests: example.count,
      },
    },
  ]
}
