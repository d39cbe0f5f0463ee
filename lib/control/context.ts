import type pg from 'pg'
import type { DecisionStore } from '#lib/store/decisions/decision-store.ts'
import type { Prisma, PrismaClient } from '#lib/store/generated/client.ts'
import type { KeyCipher } from './signing-key/key-cipher.ts'

export type Tx = Prisma.TransactionClient
export type Transact = <Result>(work: (tx: Tx) => Promise<Result>) => Promise<Result>

/** People of this provider may sign in; those without an account get the default role, or are refused when it is null. */
export interface OidcProvider {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly defaultRole: 'viewer' | 'operator' | 'administrator' | null
}

/** What every verb stands on. */
export interface ControlContext {
  /** For reading entities. */
  readonly database: PrismaClient
  /** For aggregates. */
  readonly pool: pg.Pool
  /** For what was decided. */
  readonly decisions: DecisionStore
  /** For writing: all of the work is committed, or none. */
  readonly transact: Transact
  readonly publicUrl: string
  readonly keyCipher: KeyCipher
  /** Signs what was looked at before a change of modes. */
  readonly previewKey: Buffer
  /** From one refresh token follows the next. */
  readonly refreshKey: Buffer
  readonly oidc: OidcProvider | null
}

/** What verbs stand on that deal with decisions alone. */
export type DecisionContext = Pick<ControlContext, 'pool' | 'decisions'>
