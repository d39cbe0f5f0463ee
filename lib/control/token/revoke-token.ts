import type { Prisma } from '#lib/store/generated/client.ts'
import { CLOCK_SKEW_SECONDS, TOKEN_LIFETIME_SECONDS_MAX } from '../../policy/vocabulary.ts'
import { publishRevision } from '../publication/publish-revision.ts'

export interface TokenRevocation {
  readonly environmentId: string
  /** `jti` of the token. */
  readonly tokenId: string
  readonly actorName: string
  readonly auditEntryId?: bigint
  /** When the token ends by itself; not known: when any token that is issued now has. */
  readonly expiresAt?: Date
  /** `client_id` of an identity that gave it back; people are named in the audit log. */
  readonly revokedBy?: string
}

/** Refuses one access token from now on, at every service. Kept until it has expired. */
export async function revokeToken(
  tx: Prisma.TransactionClient,
  { tokenId, expiresAt, revokedBy, ...publication }: TokenRevocation,
): Promise<{ number: number }> {
  const { environmentId } = publication
  const keptUntilMs =
    (expiresAt?.getTime() ?? Date.now() + TOKEN_LIFETIME_SECONDS_MAX * 1_000) + CLOCK_SKEW_SECONDS * 1_000
  await tx.revokedToken.upsert({
    where: { environmentId_tokenId: { environmentId, tokenId } },
    create: { environmentId, tokenId, expiresAt: new Date(keptUntilMs), revokedBy: revokedBy ?? null },
    update: {},
  })
  return publishRevision(tx, { ...publication, summary: 'Revoke a token' })
}
