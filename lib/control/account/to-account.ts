import type { z } from 'zod'
import type { Account } from '../../contract/people.ts'
import type { Role } from '../actor.ts'

export const accountInclude = {
  sessions: { select: { lastSeenAt: true }, orderBy: { lastSeenAt: 'desc' }, take: 1 },
} as const

export interface AccountRow {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordHash: string | null
  readonly oidcSubject: string | null
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly version: number
  readonly sessions: readonly { readonly lastSeenAt: Date }[]
}

export const toAccount = (row: AccountRow): z.output<typeof Account> => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  signIn: row.passwordHash !== null ? 'password' : row.oidcSubject !== null ? 'oidc' : 'invited',
  disabled: row.disabledAt !== null,
  createdAt: row.createdAt.toISOString(),
  lastSeenAt: row.sessions[0]?.lastSeenAt.toISOString() ?? null,
  version: row.version,
})

/** What the audit log keeps of an account. */
export const auditedAccount = ({
  email,
  name,
  role,
  disabledAt,
}: Pick<AccountRow, 'email' | 'name' | 'role' | 'disabledAt'>) => ({ email, name, role, disabled: disabledAt !== null })

export const accountTarget = ({ id, email }: Pick<AccountRow, 'id' | 'email'>) => ({ kind: 'account', id, name: email })
