/** Started by a scenario as a process of its own: a middleware that tells how it stands. */
import { createStepgate } from '../../src/index.ts'
import { silentLogger } from '../fixtures.ts'

const TELL_EVERY_MS = 20

export interface PollerStanding {
  readonly state: string
  readonly revision: number | null
  readonly lastError: string | null
}

const stepgate = createStepgate({ logger: silentLogger })
setInterval(() => {
  const { state, revision, lastError } = stepgate.status()
  process.send?.({ state, revision, lastError } satisfies PollerStanding)
}, TELL_EVERY_MS)
process.on('disconnect', () => process.exit(0))
