import type { z } from 'zod'
import type { CredentialKind as StoredKind } from '#lib/store/generated/enums.ts'
import type { Credential } from '../../contract/catalog.ts'
import { toCredentialKind } from '../stored-credential-kind.ts'

interface CredentialRow {
  readonly id: string
  readonly kind: StoredKind
  readonly name: string
  readonly secretHint: string | null
  readonly keyId: string | null
  readonly certificateThumbprint: string | null
  readonly certificateNameType: string | null
  readonly certificateName: string | null
  readonly federatedSubject: string | null
  readonly federatedIssuer: { readonly name: string } | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
  readonly uses: readonly { workload: string; address: string; firstAt: Date; lastAt: Date; count: bigint }[]
  readonly networks: readonly { network: string; firstAt: Date; lastAt: Date; noticedAt: Date | null }[]
}

export const credentialInclude = {
  federatedIssuer: { select: { name: true } },
  uses: { orderBy: { lastAt: 'desc' }, take: 50 },
  networks: { orderBy: { lastAt: 'desc' }, take: 20 },
} as const

export function toCredential(row: CredentialRow, now: Date): z.output<typeof Credential> {
  return {
    id: row.id,
    kind: toCredentialKind(row.kind),
    name: row.name,
    hint: hintOf(row),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUseOf(row)?.toISOString() ?? null,
    state: stateOf(row, now),
    uses: row.uses.map(({ workload, address, firstAt, lastAt, count }) => ({
      workload,
      address,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      count: Number(count),
    })),
    networks: row.networks.map(({ network, firstAt, lastAt, noticedAt }) => ({
      network,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      noticedAt: noticedAt?.toISOString() ?? null,
    })),
  }
}

/** The credential itself says it to the minute; its newest use says it exactly. */
function lastUseOf({ lastUsedAt, uses: [newest] }: CredentialRow): Date | null {
  return newest === undefined || (lastUsedAt !== null && lastUsedAt > newest.lastAt) ? lastUsedAt : newest.lastAt
}

type Hinted = Omit<CredentialRow, 'uses' | 'networks'>

function hintOf(row: Hinted): string {
  if (row.certificateName !== null) return `${row.certificateNameType ?? ''} ${row.certificateName}`
  if (row.federatedSubject !== null) return `${row.federatedIssuer?.name ?? ''}: ${row.federatedSubject}`
  return row.secretHint ?? (row.keyId ?? row.certificateThumbprint ?? '').slice(0, 8)
}

function stateOf({ revokedAt, expiresAt }: CredentialRow, now: Date): 'live' | 'expired' | 'revoked' {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt <= now ? 'expired' : 'live'
}

/** What the audit log keeps of a credential. */
export const auditedCredential = (row: Hinted, clientId: string) => ({
  clientId,
  kind: toCredentialKind(row.kind),
  name: row.name,
  hint: row.keyId ?? row.certificateThumbprint ?? hintOf(row),
  expiresAt: row.expiresAt,
  revokedAt: row.revokedAt,
})
