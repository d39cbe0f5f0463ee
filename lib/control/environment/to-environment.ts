import type { z } from 'zod'
import type { Environment } from '../../contract/catalog.ts'
import type { ControlContext } from '../context.ts'
import { issuerUrl } from '../publication/issuer-url.ts'

/** Rows with what every answer about an environment needs. */
export const environmentInclude = {
  signingKeys: { where: { purpose: 'snapshot', status: 'current' }, select: { publicJwk: true } },
} as const

interface EnvironmentRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly revision: number
  readonly defaultTokenLifetimeSeconds: number
  readonly tokenKeyRotationDays: number | null
  readonly createdAt: Date
  readonly version: number
  readonly signingKeys: readonly { readonly publicJwk: unknown }[]
}

export function toEnvironment(ctx: ControlContext, row: EnvironmentRow): z.output<typeof Environment> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    revision: row.revision,
    defaultTokenLifetimeSeconds: row.defaultTokenLifetimeSeconds,
    tokenKeyRotationDays: row.tokenKeyRotationDays,
    issuer: issuerUrl(ctx.publicUrl, row.slug),
    configKey: configKeyOf(row.signingKeys),
    createdAt: row.createdAt.toISOString(),
    version: row.version,
  }
}

function configKeyOf([key]: EnvironmentRow['signingKeys']): string {
  const jwk = key?.publicJwk as { x?: string } | undefined // written by createSigningKey only
  return jwk?.x ?? ''
}

/** What the audit log keeps of an environment. */
export const auditedEnvironment = ({
  slug,
  name,
  defaultTokenLifetimeSeconds,
  tokenKeyRotationDays,
}: Pick<EnvironmentRow, 'slug' | 'name' | 'defaultTokenLifetimeSeconds' | 'tokenKeyRotationDays'>) => ({
  slug,
  name,
  defaultTokenLifetimeSeconds,
  tokenKeyRotationDays,
})
