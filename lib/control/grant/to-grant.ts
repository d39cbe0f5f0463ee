import type { z } from 'zod'
import type { Grant } from '../../contract/catalog.ts'
import type { IdentityKind } from '../../policy/vocabulary.ts'
import type { GrantUse } from '#lib/store/decisions/read-grant-use.ts'

export const grantInclude = {
  identity: { select: { clientId: true, name: true, kind: true } },
  scope: { select: { id: true, name: true, service: { select: { slug: true } } } },
} as const

interface GrantRow {
  readonly id: string
  readonly expiresAt: Date | null
  readonly note: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly identity: { readonly clientId: string; readonly name: string; readonly kind: IdentityKind }
  readonly scope: { readonly id: string; readonly name: string; readonly service: { readonly slug: string } }
}

/** A grant whose use nothing is known of, such as an expired one, counts as too new to judge. */
export const toGrant = (row: GrantRow, use?: GrantUse): z.output<typeof Grant> => ({
  id: row.id,
  clientId: row.identity.clientId,
  identityName: row.identity.name,
  identityKind: row.identity.kind,
  scopeId: row.scope.id,
  scope: row.scope.name,
  serviceSlug: row.scope.service.slug,
  expiresAt: row.expiresAt?.toISOString() ?? null,
  note: row.note,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdBy,
  lastNeededAt: use?.lastNeededAt?.toISOString() ?? null,
  use: use?.use ?? 'too-new',
})

/** What the audit log keeps of a grant. */
export const auditedGrant = ({ identity, scope, expiresAt, note }: GrantRow) => ({
  clientId: identity.clientId,
  service: scope.service.slug,
  scope: scope.name,
  expiresAt,
  note,
})
