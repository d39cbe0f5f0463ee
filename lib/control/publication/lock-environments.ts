import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEnvironment } from './publish-revision.ts'

/**
 * Changes of one environment happen one after the other. Locked before anything else is read, so that what a verb decides on
 * cannot change before it writes, and so that no two verbs wait for each other.
 */
export async function lockEnvironmentBySlug(
  tx: Tx,
  slug: string,
): Promise<{ id: string; slug: string; revision: number }> {
  const environment = await tx.environment.findUnique({ where: { slug }, select: { id: true } })
  if (!environment) throw new ControlError('not-found', `There is no environment ${slug}.`)
  return lockEnvironment(tx, environment.id)
}

/** For changes that every environment sees. */
export async function lockEveryEnvironment(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT id FROM environment ORDER BY id FOR NO KEY UPDATE`
}
