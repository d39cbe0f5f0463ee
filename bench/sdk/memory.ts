/** What a busy service's middleware keeps in memory: tokens it has seen, and decisions that wait to be reported. */
import { grownHeapBytes } from '../../sdk/test/faults/heap.ts'
import { makeGuard, makeToken } from './guard-harness.ts'

const TOKENS = 10_000
const SIGNATURES = 20_000
const MEGABYTE = 1_000_000

/** A token for each of 20,000 callers, each a signature of its own; of the last tokens as many stay as are kept. */
export function benchMemory(): void {
  const guard = makeGuard('EdDSA', 'enforce')
  const grown = grownHeapBytes(() => {
    for (let caller = 0; caller < SIGNATURES; caller++)
      guard.check({ authorization: `Bearer ${makeToken(guard.key, caller, `caller-${caller.toString()}`)}` })
  })
  const seen = `${TOKENS.toLocaleString('en')} tokens seen lately and ${SIGNATURES.toLocaleString('en')} signatures waiting`
  console.log(`\nMemory for ${seen}: ${(grown / MEGABYTE).toFixed(1)} MB`)
  // The guard is in use until here.
  guard.check({ authorization: undefined })
}
