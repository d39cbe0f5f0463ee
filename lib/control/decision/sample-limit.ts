import { SAMPLES_PER_HOUR_MAX } from '../../contract/sample-limit.ts'

const KEPT_MAX = 200_000

/** Bounds the samples of one signature in one hour: the first ones are kept, later ones only counted. */
export function createSampleLimit(): (signatureId: string, atMs: number) => boolean {
  const taken = new Map<string, number>()
  return (signatureId, atMs) => {
    const key = `${signatureId}:${Math.floor(atMs / 3_600_000)}`
    const count = taken.get(key) ?? 0
    if (count >= SAMPLES_PER_HOUR_MAX) return false
    taken.set(key, count + 1)
    if (taken.size > KEPT_MAX) taken.delete(taken.keys().next().value ?? '')
    return true
  }
}
