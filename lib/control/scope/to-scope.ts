import type { z } from 'zod'
import type { Scope } from '../../contract/catalog.ts'

export const scopeInclude = { service: { select: { slug: true } } } as const

interface ScopeRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tokenLifetimeSeconds: number | null
  readonly createdAt: Date
  readonly version: number
  readonly service: { readonly slug: string }
}

export const toScope = ({
  id,
  service,
  name,
  description,
  tokenLifetimeSeconds,
  createdAt,
  version,
}: ScopeRow): z.output<typeof Scope> => ({
  id,
  serviceSlug: service.slug,
  name,
  description,
  tokenLifetimeSeconds,
  createdAt: createdAt.toISOString(),
  version,
})

/** What the audit log keeps of a scope. */
export const auditedScope = ({ service, name, description, tokenLifetimeSeconds }: ScopeRow) => ({
  service: service.slug,
  name,
  description,
  tokenLifetimeSeconds,
})
