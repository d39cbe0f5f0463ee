import type { z } from 'zod'
import type { Identity } from '../../contract/catalog.ts'
import type { IdentityKind } from '../../policy/vocabulary.ts'

interface IdentityRow {
  readonly id: string
  readonly clientId: string
  readonly kind: IdentityKind
  readonly name: string
  readonly description: string
  readonly service: { readonly slug: string } | null
  readonly createdAt: Date
  readonly version: number
}

export const identityInclude = { service: { select: { slug: true } } } as const

export const toIdentity = ({
  id,
  clientId,
  kind,
  name,
  description,
  service,
  createdAt,
  version,
}: IdentityRow): z.output<typeof Identity> => ({
  id,
  clientId,
  kind,
  name,
  description,
  serviceSlug: service?.slug ?? null,
  createdAt: createdAt.toISOString(),
  version,
})

/** What the audit log keeps of an identity. */
export const auditedIdentity = ({
  clientId,
  kind,
  name,
  description,
}: Pick<IdentityRow, 'clientId' | 'kind' | 'name' | 'description'>) => ({ clientId, kind, name, description })
