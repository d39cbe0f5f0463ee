import { systemActor } from '#lib/control/actor.ts'
import { refreshIssuerKeys } from '#lib/control/issuer/refresh-issuer-keys.ts'
import { createTransact } from '#lib/control/transaction.ts'
import type { PrismaClient } from '#lib/store/generated/client.ts'

/** Fetches the keys of every trusted issuer, one after the other. */
export async function refreshIssuers(database: PrismaClient): Promise<void> {
  const transact = createTransact(database)
  const issuers = await database.issuer.findMany({ orderBy: { keysRefreshedAt: { sort: 'asc', nulls: 'first' } } })
  for (const issuer of issuers) await refreshIssuerKeys(transact, systemActor('worker'), issuer)
}
