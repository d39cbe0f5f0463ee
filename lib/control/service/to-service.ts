import type { z } from 'zod'
import type { Service } from '../../contract/catalog.ts'

interface ServiceRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly team: string
  readonly createdAt: Date
  readonly version: number
}

export const toService = ({
  id,
  slug,
  name,
  description,
  team,
  createdAt,
  version,
}: ServiceRow): z.output<typeof Service> => ({
  id,
  slug,
  name,
  description,
  team,
  createdAt: createdAt.toISOString(),
  version,
})

/** What the audit log keeps of a service. */
export const auditedService = ({
  slug,
  name,
  description,
  team,
}: Pick<ServiceRow, 'slug' | 'name' | 'description' | 'team'>) => ({ slug, name, description, team })
