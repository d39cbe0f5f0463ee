import { systemActor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { createEnvironment } from './create-environment.ts'

/** Everything happens in an environment, so a fresh installation comes with one. */
export async function ensureFirstEnvironment(ctx: ControlContext): Promise<void> {
  if ((await ctx.database.environment.count()) > 0) return
  try {
    await createEnvironment(ctx, systemActor('stepgate'), { slug: 'production', name: 'Production' })
  } catch (error) {
    // Another gateway that starts at this moment was first.
    if (!(error instanceof ControlError && error.code === 'already-exists')) throw error
  }
}
