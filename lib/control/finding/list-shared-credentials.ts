import type { z } from 'zod'
import type { SharedCredential, SharedCredentialQuery, SharedCredentials } from '../../contract/findings.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { toFindingList } from './finding-list.ts'
import { judgeSharedCredentials, type JudgedCredential } from './judge-shared-credentials.ts'

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
  const judged = await judgeSharedCredentials(ctx, environmentId, clientId)
  return toFindingList(judged.map(toSharedCredential), itemsMax)
}

const toSharedCredential = ({ judgement, ...credential }: JudgedCredential): z.input<typeof SharedCredential> => ({
  ...credential,
  probability: judgement.probability,
  signs: judgement.signs.map((sign) => ({ ...sign })),
  programs: judgement.programs.map(({ workload, addresses, firstAt, lastAt, count }) => ({
    ...{ workload, addresses: [...addresses], count },
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  })),
})
