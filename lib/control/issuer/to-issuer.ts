import type { z } from 'zod'
import type { ClaimScopes, Issuer } from '../../contract/catalog.ts'
import type { Issuer as IssuerRow } from '#lib/store/generated/client.ts'

/** As the verbs parsed it before they wrote it. */
export const toClaimScopes = (stored: unknown): z.output<typeof ClaimScopes>[] =>
  (stored as z.output<typeof ClaimScopes>[]).map(({ claim, value, scopes }) => ({ claim, value, scopes })) // written by createIssuer and updateIssuer only

export const toIssuer = (row: IssuerRow): z.output<typeof Issuer> => ({
  id: row.id,
  name: row.name,
  purpose: row.purpose,
  issuer: row.issuer,
  audience: row.audience,
  scopeClaim: row.scopeClaim,
  claimScopes: toClaimScopes(row.claimScopes),
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
  purpose,
  issuer,
  audience,
  scopeClaim,
  claimScopes,
  jwksUri,
}: Pick<IssuerRow, 'name' | 'purpose' | 'issuer' | 'audience' | 'scopeClaim' | 'claimScopes' | 'jwksUri'>) => ({
  name,
  purpose,
  issuer,
  audience,
  scopeClaim,
  claimScopes,
  jwksUri,
})
