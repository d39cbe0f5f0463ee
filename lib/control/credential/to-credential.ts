import type { z } from 'zod'
import type { Credential } from '../../contract/catalog.ts'

interface CredentialRow {
  readonly id: string
  readonly kind: 'client_secret' | 'public_key'
  readonly name: string
  readonly secretHint: string | null
  readonly keyId: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
  readonly uses: readonly { workload: string; address: string; firstAt: Date; lastAt: Date; count: bigint }[]
}

export const credentialInclude = { uses: { orderBy: { lastAt: 'desc' }, take: 50 } } as const

export function toCredential(row: CredentialRow, now: Date): z.output<typeof Credential> {
  return {
    id: row.id,
    kind: kindOf(row),
    name: row.name,
    hint: row.secretHint ?? row.keyId?.slice(0, 8) ?? '',
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    state: stateOf(row, now),
    uses: row.uses.map(({ workload, address, firstAt, lastAt, count }) => ({
      workload,
      address,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      count: Number(count),
    })),
  }
}

export const kindOf = ({ kind }: Pick<CredentialRow, 'kind'>) =>
  kind === 'client_secret' ? 'client-secret' : 'public-key'

function stateOf({ revokedAt, expiresAt }: CredentialRow, now: Date): 'live' | 'expired' | 'revoked' {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt <= now ? 'expired' : 'live'
}

/** What the audit log keeps of a credential. */
export const auditedCredential = (row: Omit<CredentialRow, 'uses'>, clientId: string) => ({
  clientId,
  kind: kindOf(row),
  name: row.name,
  hint: row.secretHint ?? row.keyId,
  expiresAt: row.expiresAt,
  revokedAt: row.revokedAt,
})
