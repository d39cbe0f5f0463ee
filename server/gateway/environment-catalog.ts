import type { PrismaClient } from '#lib/store/generated/client.ts'
import { loadEnvironmentTrust, type EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import type { KeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { createReadOrder } from './read-order.ts'

/** The environments as this gateway knows them; read on every request, refreshed after every publication. */
export interface EnvironmentCatalog {
  findById(environmentId: string): EnvironmentTrust | undefined
  findBySlug(slug: string): EnvironmentTrust | undefined
  findByIssuer(issuer: string): EnvironmentTrust | undefined
  loadAll(): Promise<void>
  refresh(environmentId: string): Promise<void>
}

export function createEnvironmentCatalog(database: PrismaClient, cipher: KeyCipher): EnvironmentCatalog {
  const byId = new Map<string, EnvironmentTrust>()
  let bySlug = new Map<string, EnvironmentTrust>()
  let byIssuer = new Map<string, EnvironmentTrust>()

  const reads = createReadOrder()

  const refresh = async (environmentId: string): Promise<void> => {
    const isNewest = reads.begin(environmentId)
    const fresh = await loadEnvironmentTrust(database, environmentId, cipher)
    if (!isNewest()) return
    // Unchanged trust stays the same object: that is what cached tokens are compared by.
    if (fresh !== null && byId.get(environmentId)?.fingerprint === fresh.fingerprint) return
    if (fresh === null) byId.delete(environmentId)
    else byId.set(environmentId, fresh)
    bySlug = new Map([...byId.values()].map((trust) => [trust.slug, trust]))
    byIssuer = new Map([...byId.values()].map((trust) => [trust.issuer, trust]))
  }

  return {
    findById: (environmentId) => byId.get(environmentId),
    findBySlug: (slug) => bySlug.get(slug),
    findByIssuer: (issuer) => byIssuer.get(issuer),
    refresh,
    loadAll: async () => {
      const environments = await database.environment.findMany({ select: { id: true } })
      for (const { id } of environments) await refresh(id)
    },
  }
}
