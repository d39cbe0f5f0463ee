import type { ControlContext } from '../context.ts'
import { ensureFirstEnvironment } from '../environment/ensure-first-environment.ts'
import { ensureSigningKeys } from '../signing-key/ensure-signing-keys.ts'
import { loadSigningKeys } from '../signing-key/load-signing-keys.ts'
import { publishRevision } from './publish-revision.ts'

/**
 * Brings what is published up to date with this process: the public URL that issuers are named by, keys that are missing, a
 * snapshot format that has changed, the first environment. Throws WrongSecretError when the keys were encrypted with another secret.
 */
export async function prepareInstallation(ctx: ControlContext): Promise<void> {
  const { database, transact, publicUrl, keyCipher } = ctx
  await database.installation.upsert({ where: { id: 1 }, create: { id: 1, publicUrl }, update: { publicUrl } })
  await ensureFirstEnvironment(ctx)
  const environments = await database.environment.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  for (const { id: environmentId } of environments) {
    await transact(async (tx) => {
      await ensureSigningKeys(tx, environmentId, keyCipher)
      await loadSigningKeys(tx, environmentId, keyCipher)
      await publishRevision(tx, { environmentId, summary: 'Start of the gateway', actorName: 'stepgate' })
    })
  }
}
