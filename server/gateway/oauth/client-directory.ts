import type { Client } from '#lib/control/token/client.ts'
import { findClient } from '#lib/control/token/find-client.ts'
import type { PrismaClient } from '#lib/store/generated/client.ts'

const KEPT_MS = 2_000
const KEPT_MAX = 10_000

export interface ClientDirectory {
  find(clientId: string): Promise<Client | null>
  /** Reads everything anew from now on. */
  forget(): void
}

/** Clients as of at most two seconds ago; everything is forgotten after each publication. Simultaneous questions ask the database once. */
export function createClientDirectory(database: PrismaClient): ClientDirectory {
  const known = new Map<string, { readonly client: Promise<Client | null>; readonly untilMs: number }>()

  const load = (clientId: string): Promise<Client | null> => {
    const client = findClient(database, clientId)
    if (known.size >= KEPT_MAX) known.clear()
    const entry = { client, untilMs: Date.now() + KEPT_MS }
    known.set(clientId, entry)
    client.catch(() => {
      if (known.get(clientId) === entry) known.delete(clientId)
    })
    return client
  }

  return {
    find: (clientId) => {
      const entry = known.get(clientId)
      return entry !== undefined && entry.untilMs > Date.now() ? entry.client : load(clientId)
    },
    forget: () => known.clear(),
  }
}
