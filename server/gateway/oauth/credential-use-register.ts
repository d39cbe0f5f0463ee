import type pg from 'pg'
import type { Logger } from 'pino'
import { recordCredentialUses, type CredentialUseCount } from '#lib/control/token/record-credential-uses.ts'
import { flushPeriodically } from '../flush-periodically.ts'

const FLUSH_INTERVAL_MS = 1_000
const KEPT_MAX = 10_000

export interface CredentialUseRegister {
  used(credentialId: string, workload: string, address: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

/** Counts who used which credential from where, in memory, and writes it every second: issuing a token does not wait for it. */
export function createCredentialUseRegister(pool: pg.Pool, logger: Logger): CredentialUseRegister {
  let uses = new Map<string, CredentialUseCount>()

  const add = (use: CredentialUseCount): void => {
    const key = `${use.credentialId} ${use.address} ${use.workload}`
    const known = uses.get(key)
    if (known === undefined && uses.size >= KEPT_MAX) return
    uses.set(key, known === undefined ? use : { ...use, count: known.count + use.count })
  }

  const write = async (): Promise<void> => {
    if (uses.size === 0) return
    const writing = uses
    uses = new Map()
    try {
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
  return {
    used: (credentialId, workload, address) => add({ credentialId, workload, address, lastAt: new Date(), count: 1 }),
    flush,
    close,
  }
}
