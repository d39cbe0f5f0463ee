import type { z } from 'zod'
import type { SharedCredential, SharedCredentialQuery, SharedCredentials } from '../../contract/findings.ts'
import { judgeSharing, type SharingQuestion } from '../../evidence/judge-sharing.ts'
import { readCredentialUses, type CredentialUseRow } from '#lib/store/decisions/read-credential-uses.ts'
import { readSignalCounts } from '#lib/store/decisions/read-signal-counts.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { toFindingList } from './finding-list.ts'
import { loadLifetimeSettings } from './load-lifetime-settings.ts'

const DAY_MS = 86_400_000

/** Credentials that more than one program used in the last day, the likeliest to be shared first. */
export async function listSharedCredentials(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  { clientId }: z.output<typeof SharedCredentialQuery>,
  itemsMax?: number,
): Promise<z.input<typeof SharedCredentials>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const since = new Date(Date.now() - DAY_MS)
  const [uses, concurrent, lifetimes] = await Promise.all([
    readCredentialUses(ctx.pool, environmentId, since, clientId ?? null),
    readSignalCounts(ctx.pool, environmentId, 'credential-concurrent', since),
    loadLifetimeSettings(ctx, environmentId),
  ])
  const known = (holder: string) => ({
    concurrentRequests: concurrent.get(holder) ?? 0,
    tokenLifetimeSeconds: lifetimes.identities.get(holder)?.seconds ?? lifetimes.environmentSeconds,
  })
  const shared = [...Map.groupBy(uses, ({ credentialId }) => credentialId).values()]
    .flatMap((own) => judge(own, known(own[0]?.clientId ?? '')))
    .toSorted((a, b) => b.probability - a.probability)
  return toFindingList(shared, itemsMax)
}

function judge(
  uses: readonly CredentialUseRow[],
  known: Omit<SharingQuestion, 'uses'>,
): z.input<typeof SharedCredential>[] {
  const [first] = uses
  const judgement = judgeSharing({ uses, ...known })
  if (first === undefined || judgement === null) return []
  const { credentialId, credentialName, clientId } = first
  return [
    {
      ...{ credentialId, credentialName, clientId },
      probability: judgement.probability,
      signs: judgement.signs.map((sign) => ({ ...sign })),
      programs: judgement.programs.map(({ workload, addresses, firstAt, lastAt, count }) => ({
        ...{ workload, addresses: [...addresses], count },
        firstAt: firstAt.toISOString(),
        lastAt: lastAt.toISOString(),
      })),
    },
  ]
}
