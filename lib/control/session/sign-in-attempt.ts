import { createHash } from 'node:crypto'
import type { ControlContext } from '../context.ts'
import { TooManyRequestsError } from './too-many-requests-error.ts'

const WINDOW_MS = 15 * 60_000
const FAILURES_MAX = { email: 10, address: 50 } as const

type Kind = keyof typeof FAILURES_MAX

export interface SignInAttempt {
  /** The attempt was good: it and the account's earlier failures no longer count. */
  succeed(): Promise<void>
}

/**
 * Writes the attempt down as a failure before anything is verified, so that many at once, at many gateways, are counted. Throws
 * `too-many-requests` when the account or the address has too many; those that are turned away do not count.
 */
export async function startAttempt(
  { database }: ControlContext,
  email: string,
  address: string,
): Promise<SignInAttempt> {
  const keys = [
    { kind: 'email' as const, key: keyOf('email', email) },
    { kind: 'address' as const, key: keyOf('address', address) },
  ]
  const rows = await database.signInFailure.createManyAndReturn({
    data: keys.map(({ key }) => ({ key })),
    select: { id: true },
  })
  const ids = rows.map(({ id }) => id)
  const wait = Math.max(...(await Promise.all(keys.map(({ kind, key }) => waitOf(database, kind, key)))))
  if (wait > 0) {
    await database.signInFailure.deleteMany({ where: { id: { in: ids } } })
    throw new TooManyRequestsError(Math.ceil(wait / 1_000))
  }
  return {
    succeed: async () => {
      await database.signInFailure.deleteMany({ where: { OR: [{ id: { in: ids } }, { key: keyOf('email', email) }] } })
    },
  }
}

/** Milliseconds until the oldest failure of too many no longer counts; 0 when there are not too many. */
async function waitOf(database: ControlContext['database'], kind: Kind, key: Uint8Array<ArrayBuffer>): Promise<number> {
  const now = Date.now()
  const failures = await database.signInFailure.findMany({
    where: { key, at: { gt: new Date(now - WINDOW_MS) } },
    orderBy: { at: 'desc' },
    skip: FAILURES_MAX[kind],
    take: 1,
    select: { at: true },
  })
  const [surplus] = failures
  return surplus ? Math.max(1_000, surplus.at.getTime() + WINDOW_MS - now) : 0
}

const keyOf = (kind: Kind, value: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(`${kind}:${value}`).digest())
