/** What `run.ts` measures, on the Node it is started with: one part, or all of them. */
import { benchContext, benchNewTokens, benchSeenTokens } from './decisions.ts'
import { benchPairs } from './pairs.ts'
import { benchShare } from './share.ts'
import { benchThroughput } from './throughput.ts'

const [, , only, framework] = process.argv
console.log(`Node ${process.version}`)
if (only === undefined || only === 'decisions') {
  for (const alg of ['ES256', 'RS256', 'EdDSA'] as const) {
    await benchSeenTokens(alg)
    await benchNewTokens(alg)
  }
}
if (only === undefined || only === 'context') await benchContext()
if (only === undefined || only === 'throughput') await benchThroughput(framework)
if (only === undefined || only === 'share') await benchShare(framework)
if (only === undefined || only === 'pairs') await benchPairs(framework)
// Last, as it makes the collection of garbage something a program may ask for.
if (only === undefined || only === 'memory') (await import('./memory.ts')).benchMemory()
