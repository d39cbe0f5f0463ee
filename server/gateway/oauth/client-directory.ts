import type pg from 'pg'
import type { Client } from '#lib/control/token/client.ts'
import { findClient } from '#lib/control/token/find-client.ts'

/** While the revision feed is current, everything is forgotten when something changes; this bounds what it could miss. */
const KEPT_MS = 60_000
/** While it is not, nothing is believed for longer. */
const KEPT_UNTOLD_MS = 2_000
const KEPT_MAX = 20_000

export interface ClientDirectory {
  find(clientId: string): Promise<Client | null>
  /** Reads everything anew from now on. */
  forget(): void
}

interface Entry {
  readonly client: Promise<Client | null>
  readonly readAtMs: number
  /** Somebody asked for a client that does not exist: believed for a moment only. */
  isUnknown: boolean
}

/** Clients as the database has them: everything is forgotten after each publication. Simultaneous questions ask the database once. */
export function createClientDirectory(pool: pg.Pool, isTold: () => boolean): ClientDirectory {
  const known = new Map<string, Entry>()

  const load = (clientId: string): Promise<Client | null> => {
    const entry: Entry = { client: findClient(pool, clientId), readAtMs: performance.now(), isUnknown: false }
    known.delete(clientId)
    if (known.size >= KEPT_MAX) known.delete(known.keys().next().value ?? '') // the one that was read longest ago
    known.set(clientId, entry)
    entry.client.then(
      (client) => void (entry.isUnknown = client === null),
      () => known.get(clientId) === entry && known.delete(clientId),
    )
    return entry.client
  }

  const keptMs = ({ isUnknown }: Entry): number => (isTold() && !isUnknown ? KEPT_MS : KEPT_UNTOLD_MS)

  return {
    find: (clientId) => {
      const entry = known.get(clientId)
      return entry !== undefined && performance.now() - entry.readAtMs < keptMs(entry) ? entry.client : load(clientId)
    },
    forget: () => known.clear(),
  }
}
