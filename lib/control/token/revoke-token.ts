import type { Prisma } from '#lib/store/generated/client.ts'
import { CLOCK_SKEW_SECONDS, TOKEN_LIFETIME_SECONDS_MAX } from '../../policy/vocabulary.ts'
import { publishRevision } from '../publication/publish-revision.ts'

export interface TokenRevocation {
  readonly environmentId: string
  /** `jti` of the token. */
  readonly tokenId: string
  readonly actorName: string
  readonly auditEntryId?: bigint
}

/** Refuses one access token from now on, at every service. Kept until any token issued so far has expired. */
export async function revokeToken(
  tx: Prisma.TransactionClient,
  { tokenId, ...publication }: TokenRevocation,
): Promise<{ number: number }> {
  const { environmentId } = publication
  const expiresAt = new Date(Date.now() + (TOKEN_LIFETIME_SECONDS_MAX + CLOCK_SKEW_SECONDS) * 1_000)
  await tx.revokedToken.upsert({
    where: { environmentId_tokenId: { environmentId, tokenId } },
    create: { environmentId, tokenId, expiresAt },
    update: {},
  })
  return publishRevision(tx, { ...publication, summary: 'Revoke a token' })
}
