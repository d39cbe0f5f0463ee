import { COUNT_MAX, REVISION_MAX, SignatureCounts } from '../../contract/machine.ts'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import type { SignatureItem } from './facts-reader.ts'

/** As `Date.prototype.toISOString` writes it, on a day that every month has. */
const ISO_TIME = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** Counts of an item. Nearly all are plain, which is told in a tenth of the time; of everything else the schema says what it is. */
export function parseCounts({ revision, count, firstAt, lastAt, tokenAges }: SignatureItem) {
  const counts = { revision, count, firstAt, lastAt, tokenAges }
  return isPlain(counts) ? { success: true as const, data: counts } : SignatureCounts.safeParse(counts)
}

function isPlain(counts: Record<keyof SignatureCounts, unknown>): counts is SignatureCounts {
  return (
    isIntegerUpTo(counts.revision, 0, REVISION_MAX) &&
    isIntegerUpTo(counts.count, 1, COUNT_MAX) &&
    isTime(counts.firstAt) &&
    isTime(counts.lastAt) &&
    (counts.tokenAges === null || areAges(counts.tokenAges))
  )
}

const isIntegerUpTo = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max

const isTime = (value: unknown): boolean => typeof value === 'string' && ISO_TIME.test(value)

function areAges(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== TOKEN_AGE_BUCKETS) return false
  for (const requests of value) if (!isIntegerUpTo(requests, 0, Number.MAX_SAFE_INTEGER)) return false
  return true
}
