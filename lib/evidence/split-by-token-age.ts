import { TOKEN_AGE_BUCKETS, tokenAgeRange } from '../policy/token-age.ts'

export interface AgePart {
  readonly count: number
  /** An age that stands for the whole part; null without a readable token; undefined where it may lie on either side of the limit. */
  readonly ageSeconds: number | null | undefined
}

/** Splits a histogram at a limit. Exact where the limit lies on an edge. Without a limit the ages do not matter. */
export function splitByTokenAge(ages: readonly number[] | null, count: number, limitSeconds: number | null): AgePart[] {
  if (ages === null) return [{ count, ageSeconds: null }]
  if (limitSeconds === null) return [{ count, ageSeconds: 0 }]
  const sums: Sums = [0, 0, 0]
  const sides = sidesAt(limitSeconds)
  for (let bucket = 0; bucket < ages.length; bucket++) sums[sides[bucket] ?? OPEN] += ages[bucket] ?? 0
  const [young, old, open] = sums
  const unrecorded = Math.max(0, count - young - old - open)
  const parts: AgePart[] = []
  if (young > 0) parts.push({ count: young, ageSeconds: 0 })
  if (old > 0) parts.push({ count: old, ageSeconds: Number.POSITIVE_INFINITY })
  if (open + unrecorded > 0) parts.push({ count: open + unrecorded, ageSeconds: undefined })
  return parts
}

type Sums = [young: number, old: number, open: number]
type Side = 0 | 1 | 2
const [YOUNG, OLD, OPEN] = [0, 1, 2] as const

let latest: { readonly limitSeconds: number; readonly sides: readonly Side[] } = { limitSeconds: NaN, sides: [] }

/** By bucket. One limit is asked for over and over: of each signature that a rule is replayed for. */
function sidesAt(limitSeconds: number): readonly Side[] {
  if (latest.limitSeconds !== limitSeconds)
    latest = {
      limitSeconds,
      sides: Array.from({ length: TOKEN_AGE_BUCKETS }, (_, bucket) => sideOf(bucket, limitSeconds)),
    }
  return latest.sides
}

/** A token is too old above the limit. */
function sideOf(bucket: number, limitSeconds: number): Side {
  const { above, upTo } = tokenAgeRange(bucket)
  if (upTo <= limitSeconds) return YOUNG
  return above >= limitSeconds ? OLD : OPEN
}
