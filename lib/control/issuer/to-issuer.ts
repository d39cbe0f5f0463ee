import type { z } from 'zod'
import type { Issuer } from '../../contract/catalog.ts'
import type { Issuer as IssuerRow } from '#lib/store/generated/client.ts'

export const toIssuer = (row: IssuerRow): z.output<typeof Issuer> => ({
  id: row.id,
  name: row.name,
  issuer: row.issuer,
  audience: row.audience,
  scopeClaim: row.scopeClaim,
  jwksUri: row.jwksUri,
  keyCount: Array.isArray(row.keys) ? row.keys.length : 0,
  keysRefreshedAt: row.keysRefreshedAt?.toISOString() ?? null,
  refreshError: row.refreshError,
  createdAt: row.createdAt.toISOString(),
  version: row.version,
})

/** What the audit log keeps of an issuer. */
export const auditedIssuer = ({
  name,
  issuer,
  audience,
  scopeClaim,
  jwksUri,
}: Pick<IssuerRow, 'name' | 'issuer' | 'audience' | 'scopeClaim' | 'jwksUri'>) => ({
  name,
  issuer,
  audience,
  scopeClaim,
  jwksUri,
})
