import type { z } from 'zod'
import type { ApiToken } from '../../contract/people.ts'
import type { Role } from '../actor.ts'

export const apiTokenInclude = { account: { select: { name: true, email: true } } } as const

interface ApiTokenRow {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly hint: string
  readonly accountId: string
  readonly account: { readonly name: string; readonly email: string }
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

export const toApiToken = (row: ApiTokenRow): z.output<typeof ApiToken> => ({
  id: row.id,
  name: row.name,
  role: row.role,
  hint: row.hint,
  accountId: row.accountId,
  accountName: row.account.name,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
})

/** What the audit log keeps of an API token. */
export const auditedApiToken = ({ name, role, hint, account, expiresAt }: ApiTokenRow) => ({
  name,
  role,
  hint,
  account: account.email,
  expiresAt,
})
