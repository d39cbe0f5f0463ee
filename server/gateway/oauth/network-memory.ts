import type { CredentialNetwork } from '#lib/control/token/record-credential-networks.ts'
import type { CredentialUseCount } from '#lib/control/token/record-credential-uses.ts'
import { surroundingNetwork } from '#lib/policy/network.ts'

/** A network that was written is not written again for so long. */
const KEPT_MS = 600_000
const KEPT_MAX = 20_000

export interface NetworkMemory {
  /** Those of these uses that are to be written: each network of a credential once. */
  select(uses: readonly CredentialUseCount[], nowMs: number): CredentialNetwork[]
  written(networks: readonly CredentialNetwork[], nowMs: number): void
}

const keyOf = ({ credentialId, network }: Omit<CredentialNetwork, 'at'>): string => `${credentialId} ${network}`

/** Networks seldom change, and so cost a write seldom. */
export function createNetworkMemory(): NetworkMemory {
  const writtenAtMs = new Map<string, number>()
  return {
    select: (uses, nowMs) => {
      const chosen = new Map<string, CredentialNetwork>()
      for (const { credentialId, address, lastAt } of uses) {
        const network = surroundingNetwork(address)
        if (network === null) continue
        const key = keyOf({ credentialId, network })
        if (nowMs - (writtenAtMs.get(key) ?? -Infinity) >= KEPT_MS)
          chosen.set(key, { credentialId, network, at: lastAt })
      }
      return [...chosen.values()]
    },
    written: (networks, nowMs) => {
      for (const network of networks) {
        writtenAtMs.delete(keyOf(network))
        writtenAtMs.set(keyOf(network), nowMs)
      }
      while (writtenAtMs.size > KEPT_MAX) writtenAtMs.delete(writtenAtMs.keys().next().value ?? '')
    },
  }
}
