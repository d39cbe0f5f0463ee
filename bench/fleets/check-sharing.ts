import { judgeSharing } from '#lib/evidence/judge-sharing.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import type { Findings } from './findings.ts'
import type { Fleet } from './make-fleet.ts'
import { makeCredential } from './make-credentials.ts'

/** From where on the console says possibly, likely and very likely shared, and where it is nearly certain. */
export const SHARING_THRESHOLDS = [0.2, 0.5, 0.8, 0.9] as const
const CREDENTIALS = 40

/** What the evidence states of credentials of which the truth is known. */
export function checkSharing({ seed, endMs }: Fleet, findings: Findings): void {
  const random = new SeededRandom(seed + 1_000_003)
  for (let index = 0; index < CREDENTIALS; index++) {
    const credential = makeCredential(random, endMs)
    const probability = judgeSharing(credential)?.probability ?? 0
    const truth = credential.isShared ? 'shared' : 'alone'
    findings.count(`credentials, ${truth}`)
    for (const threshold of SHARING_THRESHOLDS)
      if (probability >= threshold) {
        findings.count(`stated ${String(threshold)}`)
        findings.count(`stated ${String(threshold)}, ${truth}`)
      }
    const isMistaken = credential.isShared !== probability >= 0.5
    if (isMistaken) findings.count(`mistaken: ${credential.story}`)
  }
}
