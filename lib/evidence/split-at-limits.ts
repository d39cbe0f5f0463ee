import { TOKEN_AGE_BUCKETS, tokenAgeRange } from '../policy/token-age.ts'

export interface AgeSpan {
  readonly count: number
  /** An age for each way the limits may answer: one where it is certain, null without a readable token. */
  readonly ages: readonly (number | null)[]
}

/** How the buckets of any histogram lie to some limits. */
export interface AgeCut {
  /** The ages that stand for each span. */
  readonly spans: readonly AgeSpan['ages'][]
  /** By bucket. */
  readonly spanOf: readonly number[]
  /** The span of requests without an age. */
  readonly unrecorded: number
}

/** Of records without readable tokens. */
export const NO_AGES: AgeCut = { spans: [[null]], spanOf: [], unrecorded: 0 }

export function cutAt(limits: readonly number[]): AgeCut {
  const sorted = [...new Set(limits)].toSorted((a, b) => a - b)
  const places = new Map<string, number>()
  const spans: number[][] = []
  const placeOf = ([first, last]: readonly [number, number]): number => {
    const key = `${first} ${last}`
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, spans.length)
    return spans.push(agesBetween(sorted, first, last)) - 1
  }
  const spanOf = Array.from({ length: TOKEN_AGE_BUCKETS }, (_, bucket) => placeOf(spanOfBucket(bucket, sorted)))
  return { spans, spanOf, unrecorded: placeOf([0, sorted.length]) }
}

/** Requests by span. Exact where the limits lie on edges; what shares a bucket with one may be on either side. */
export function addToSpans(
  { spans, spanOf, unrecorded }: AgeCut,
  ages: readonly number[] | null,
  count: number,
): number[] {
  const counts = new Array<number>(spans.length).fill(0)
  let recorded = 0
  for (let bucket = 0; ages !== null && bucket < ages.length; bucket++) {
    const inBucket = ages[bucket] ?? 0
    const span = spanOf[bucket] ?? unrecorded
    recorded += inBucket
    counts[span] = (counts[span] ?? 0) + inBucket
  }
  counts[unrecorded] = (counts[unrecorded] ?? 0) + Math.max(0, count - recorded)
  return counts
}

/** Splits a histogram at several limits. */
export function splitAtLimits(ages: readonly number[] | null, count: number, limits: readonly number[]): AgeSpan[] {
  const cut = ages === null ? NO_AGES : cutAt(limits)
  const counts = addToSpans(cut, ages, count)
  return cut.spans.map((span, at) => ({ ages: span, count: counts[at] ?? 0 })).filter((span) => span.count > 0)
}

/** How many of the limits the youngest and the oldest of a bucket exceed. */
function spanOfBucket(bucket: number, limits: readonly number[]): [number, number] {
  const { above, upTo } = tokenAgeRange(bucket)
  return [limits.filter((limit) => limit <= above).length, limits.filter((limit) => limit < upTo).length]
}

/** An age that exceeds so many limits is the next limit itself. */
const agesBetween = (limits: readonly number[], first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => limits[first + index] ?? Number.POSITIVE_INFINITY)
