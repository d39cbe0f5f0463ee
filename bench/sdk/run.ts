/** `npm run bench:sdk [decisions|throughput]`: ratios in one run, on this machine. */
import { benchNewTokens, benchSeenTokens } from './decisions.ts'
import { benchThroughput } from './throughput.ts'

const [, , only] = process.argv
console.log(`Node ${process.version}`)
if (only !== 'throughput') {
  for (const alg of ['ES256', 'RS256', 'EdDSA'] as const) {
    await benchSeenTokens(alg)
    await benchNewTokens(alg)
  }
}
if (only !== 'decisions') await benchThroughput()
