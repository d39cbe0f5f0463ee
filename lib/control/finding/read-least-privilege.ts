import type { z } from 'zod'
import type { LeastPrivilege, LeastPrivilegeQuery, NarrowGrant, UnusedGrant } from '../../contract/findings.ts'
import type { TighterRule } from '../../evidence/tighter-rule.ts'
import { toWatchedDays } from '../../evidence/watched-days.ts'
import { readGrantUse, type GrantUse } from '#lib/store/decisions/read-grant-use.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentRow } from '../environment/get-environment.ts'
import { toFindingList } from './finding-list.ts'
import { loadFindingEndpoints, toEndpointName, type FindingEndpoint } from './load-finding-endpoints.ts'
import { loadGrantNames, type GrantName } from './load-grant-names.ts'
import { loadProposals, type EndpointProposal } from './load-proposals.ts'

type Answer = z.input<typeof LeastPrivilege>
interface UsedGrant {
  readonly name: GrantName
  readonly use: GrantUse
}
interface WatchedEndpoint extends EndpointProposal {
  readonly endpoint: FindingEndpoint
}

const DAY_MS = 86_400_000

/** Rights that nobody needed, and endpoints that ask for less than their callers bring. */
export async function readLeastPrivilege(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  { days, service }: z.output<typeof LeastPrivilegeQuery>,
  itemsMax?: number,
): Promise<Answer> {
  requireRole(actor, 'viewer')
  const environment = await getEnvironmentRow(ctx.database, environmentSlug)
  const since = new Date(Date.now() - days * DAY_MS)
  const [uses, names, endpoints, proposalOf] = await Promise.all([
    readGrantUse(ctx.pool, environment.id, since),
    loadGrantNames(ctx.database, environment.id),
    loadFindingEndpoints(ctx.pool, environment.id, service),
    loadProposals(ctx, environment),
  ])
  const grants = uses
    .filter(({ serviceSlug }) => service === undefined || serviceSlug === service)
    .flatMap((use) => {
      const name = names.get(use.grantId)
      return name === undefined ? [] : [{ name, use }]
    })
  const watched = endpoints.map((endpoint) => ({ endpoint, ...proposalOf(endpoint) }))
  return {
    days,
    unusedGrants: toFindingList(findUnused(grants, days), itemsMax),
    narrowGrants: toFindingList(findNarrow(grants), itemsMax),
    unruledEndpoints: toFindingList(findUnruled(watched), itemsMax),
    wideRules: toFindingList(findWide(watched), itemsMax),
  }
}

function findUnused(grants: readonly UsedGrant[], days: number): z.input<typeof UnusedGrant>[] {
  return grants
    .filter(({ use }) => use.use === 'unused')
    .map(({ name, use }) => {
      const watchedDays = toWatchedDays(use.watchedFrom, days)
      return { ...name, opens: use.opens, watchedDays, isConclusive: watchedDays === days }
    })
    .toSorted((a, b) => b.watchedDays - a.watchedDays || b.opens - a.opens)
}

/** The scope opens several endpoints, and its holder needed it at one of them. */
function findNarrow(grants: readonly UsedGrant[]): z.input<typeof NarrowGrant>[] {
  return grants.flatMap(({ name, use: { opens, neededAt, lastNeededAt } }) => {
    const [usedAt, ...others] = neededAt
    if (usedAt === undefined || others.length > 0 || opens < 2 || lastNeededAt === null) return []
    return [{ ...name, opens, usedAt, lastNeededAt: lastNeededAt.toISOString() }]
  })
}

const findUnruled = (watched: readonly WatchedEndpoint[]) =>
  watched
    .filter(({ endpoint }) => endpoint.rule === null)
    .map(({ endpoint, requests, proposal }) => ({
      ...toEndpointName(endpoint),
      mode: endpoint.mode,
      requests,
      proposal: proposal === null ? null : toProposal(proposal),
    }))
    .toSorted((a, b) => b.requests - a.requests)

const findWide = (watched: readonly WatchedEndpoint[]) =>
  watched
    .flatMap(({ endpoint, proposal }) =>
      endpoint.rule === null || proposal === null
        ? []
        : [{ ...toEndpointName(endpoint), present: toContractRule(endpoint.rule), proposal: toProposal(proposal) }],
    )
    .toSorted((a, b) => b.proposal.requests - a.proposal.requests)

type ContractRule = Answer['wideRules']['items'][number]['present']
const toContractRule = (rule: TighterRule['rule']): ContractRule => structuredClone(rule) as ContractRule // the same, writable

const toProposal = ({ rule, otherScopes, requests, callers, isConclusive }: TighterRule) => ({
  rule: toContractRule(rule),
  otherScopes: [...otherScopes],
  requests,
  callers,
  isConclusive,
})
