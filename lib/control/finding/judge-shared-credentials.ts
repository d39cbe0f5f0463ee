import { judgeSharing, type SharingJudgement, type SharingQuestion } from '../../evidence/judge-sharing.ts'
import { readCredentialUses, type CredentialUseRow } from '#lib/store/decisions/read-credential-uses.ts'
import { readSignalCounts } from '#lib/store/decisions/read-signal-counts.ts'
import type { ControlContext } from '../context.ts'
import { loadLifetimeSettings } from './load-lifetime-settings.ts'

const DAY_MS = 86_400_000

export interface JudgedCredential extends Pick<CredentialUseRow, 'credentialId' | 'credentialName' | 'clientId'> {
  readonly judgement: SharingJudgement
}

/** Credentials that more than one program used in the last day, the likeliest to be shared first. */
export async function judgeSharedCredentials(
  ctx: Pick<ControlContext, 'pool' | 'database'>,
  environmentId: string,
  clientId: string | null = null,
): Promise<JudgedCredential[]> {
  const since = new Date(Date.now() - DAY_MS)
  const [uses, concurrent, lifetimes] = await Promise.all([
    readCredentialUses(ctx.pool, environmentId, since, clientId),
    readSignalCounts(ctx.pool, environmentId, 'credential-concurrent', since),
    loadLifetimeSettings(ctx, environmentId),
  ])
  const known = (holder: string) => ({
    concurrentRequests: concurrent.get(holder) ?? 0,
    tokenLifetimeSeconds: lifetimes.identities.get(holder)?.seconds ?? lifetimes.environmentSeconds,
  })
  return [...Map.groupBy(uses, ({ credentialId }) => credentialId).values()]
    .flatMap((own) => judge(own, known(own[0]?.clientId ?? '')))
    .toSorted((a, b) => b.judgement.probability - a.judgement.probability)
}

function judge(uses: readonly CredentialUseRow[], known: Omit<SharingQuestion, 'uses'>): JudgedCredential[] {
  const [first] = uses
  const judgement = judgeSharing({ uses, ...known })
  if (first === undefined || judgement === null) return []
  const { credentialId, credentialName, clientId } = first
  return [{ credentialId, credentialName, clientId, judgement }]
}
