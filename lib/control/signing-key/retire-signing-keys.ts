import type { Prisma } from '#lib/store/generated/client.ts'
import { CLOCK_SKEW_SECONDS, TOKEN_LIFETIME_SECONDS_MAX } from '../../policy/vocabulary.ts'
import { publishRevision } from '../publication/publish-revision.ts'

const KEPT_MS = (TOKEN_LIFETIME_SECONDS_MAX + CLOCK_SKEW_SECONDS) * 1_000

/** Withdraws token keys that no living token can have been signed with. */
export async function retireSigningKeys(
  tx: Prisma.TransactionClient,
  environmentId: string,
  now: Date,
): Promise<number> {
  const { count } = await tx.signingKey.updateMany({
    where: { environmentId, purpose: 'token', status: 'previous', statusAt: { lt: new Date(now.getTime() - KEPT_MS) } },
    data: { status: 'revoked', statusAt: now },
  })
  if (count > 0)
    await publishRevision(tx, {
      environmentId,
      summary: 'Withdraw token signing keys that are out of use',
      actorName: 'stepgate',
    })
  return count
}
