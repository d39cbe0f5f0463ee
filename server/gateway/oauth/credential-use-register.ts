import type pg from 'pg'
import type { Logger } from 'pino'
import { recordCredentialNetworks } from '#lib/control/token/record-credential-networks.ts'
import { recordCredentialUses, type CredentialUseCount } from '#lib/control/token/record-credential-uses.ts'
import { flushPeriodically } from '../flush-periodically.ts'
import { createNetworkMemory } from './network-memory.ts'

const FLUSH_INTERVAL_MS = 1_000
const KEPT_MAX = 10_000

type Counting = { -readonly [Key in keyof CredentialUseCount]: CredentialUseCount[Key] }

export interface CredentialUseRegister {
  used(credentialId: string, workload: string, address: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

/** Counts who used which credential from where, in memory, and writes it every second: issuing a token does not wait for it. */
export function createCredentialUseRegister(pool: pg.Pool, logger: Logger): CredentialUseRegister {
  let uses = new Map<string, Counting>()
  /** Of each credential, the use that was counted last: the next is nearly always another of these. */
  let latest = new Map<string, Counting>()
  const memory = createNetworkMemory()

  const add = (use: CredentialUseCount): void => {
    const key = `${use.credentialId} ${use.address} ${use.workload}`
    const known = uses.get(key)
    if (known === undefined && uses.size >= KEPT_MAX) return
    const counting = known ?? { ...use, count: 0 }
    if (known === undefined) uses.set(key, counting)
    latest.set(use.credentialId, counting)
    merge(counting, use)
  }

  const used = (credentialId: string, workload: string, address: string): void => {
    const use = { credentialId, workload, address, lastAt: new Date(), count: 1 }
    const counting = latest.get(credentialId)
    if (counting?.address === address && counting.workload === workload) merge(counting, use)
    else add(use)
  }

  /** First, and told once more after a failure: a count would be added twice. */
  const writeNetworks = async (seen: readonly CredentialUseCount[]): Promise<void> => {
    const nowMs = performance.now()
    const networks = memory.select(seen, nowMs)
    if (networks.length === 0) return
    await recordCredentialNetworks(pool, networks)
    memory.written(networks, nowMs)
  }

  const write = async (): Promise<void> => {
    if (uses.size === 0) return
    const writing = uses
    uses = new Map()
    latest = new Map()
    try {
      await writeNetworks([...writing.values()])
      await recordCredentialUses(pool, [...writing.values()])
    } catch (error) {
      for (const use of writing.values()) add(use)
      throw error
    }
  }

  const { flush, close } = flushPeriodically({
    write,
    intervalMs: FLUSH_INTERVAL_MS,
    logger,
    what: 'uses of credentials',
  })
  return { used, flush, close }
}

function merge(counting: Counting, { count, lastAt }: CredentialUseCount): void {
  counting.count += count
  if (lastAt > counting.lastAt) counting.lastAt = lastAt
}
