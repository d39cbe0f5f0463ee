import { COUNT_MAX, REVISION_MAX, SignatureCounts } from '../../contract/machine.ts'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import type { z } from 'zod'
import type { SignatureItem } from './facts-reader.ts'
import { createIsoTimeReader } from './iso-time.ts'

export interface ReadCounts {
  readonly counts: SignatureCounts
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export type ParseCounts = (item: SignatureItem) => ReadCounts | z.ZodError

/** Counts of an item. Nearly all are plain, which is told in a tenth of the time; of everything else the schema says what it is. */
export function createCountsParser(): ParseCounts {
  const readTime = createIsoTimeReader()
  return ({ revision, count, firstAt, lastAt, tokenAges }) => {
    const counts = { revision, count, firstAt, lastAt, tokenAges }
    if (arePlain(counts)) {
      const firstAtMs = readTime(counts.firstAt)
      const lastAtMs = readTime(counts.lastAt)
      if (!Number.isNaN(firstAtMs + lastAtMs)) return { counts, firstAtMs, lastAtMs }
    }
    const { data, error } = SignatureCounts.safeParse(counts)
    return error ?? { counts: data, firstAtMs: Date.parse(data.firstAt), lastAtMs: Date.parse(data.lastAt) }
  }
}

/** But for the times, which may be none. */
const arePlain = (counts: Record<keyof SignatureCounts, unknown>): counts is SignatureCounts =>
  isIntegerUpTo(counts.revision, 0, REVISION_MAX) &&
  isIntegerUpTo(counts.count, 1, COUNT_MAX) &&
  typeof counts.firstAt === 'string' &&
  typeof counts.lastAt === 'string' &&
  (counts.tokenAges === null || areAges(counts.tokenAges))

const isIntegerUpTo = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max

function areAges(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== TOKEN_AGE_BUCKETS) return false
  for (const requests of value) if (!isIntegerUpTo(requests, 0, Number.MAX_SAFE_INTEGER)) return false
  return true
}
