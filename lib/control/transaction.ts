import { setTimeout as delay } from 'node:timers/promises'
import { Prisma, type PrismaClient } from '#lib/store/generated/client.ts'
import type { Transact } from './context.ts'
import { toAlreadyExists } from './unique-violation.ts'

const ATTEMPTS_MAX = 5
const TIMEOUT_MS = 30_000
const WAIT_MAX_MS = 10_000

/** Runs work in one transaction; once more where Postgres ended it for the sake of another one. */
export const createTransact =
  (database: PrismaClient): Transact =>
  async (work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await database.$transaction(work, { timeout: TIMEOUT_MS, maxWait: WAIT_MAX_MS })
      } catch (error) {
        if (!isLostRace(error) || attempt === ATTEMPTS_MAX) throw toAlreadyExists(error)
        await delay(Math.random() * 20 * 2 ** attempt)
      }
    }
  }

/** Serialization failure, deadlock, or a row that is no longer at the version that was read. */
function isLostRace(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  return error.code === 'P2034' || error.code === 'P2025' || ['40001', '40P01'].includes(sqlStateOf(error))
}

function sqlStateOf({ meta }: Prisma.PrismaClientKnownRequestError): string {
  const adapterError = meta?.['driverAdapterError'] as { cause?: { originalCode?: string } } | undefined // shape of @prisma/adapter-pg
  return adapterError?.cause?.originalCode ?? ''
}
