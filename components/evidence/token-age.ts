import { toDuration, toPlural, toShare } from '../ui/words.ts'
import type { EndpointEvidence } from '#lib/client/object-types.ts'

export type TokenAges = EndpointEvidence['tokenAges']

const ALMOST_ALL = 0.999

export const tokenAgeTotal = (ages: TokenAges): number => ages.reduce((sum, { count }) => sum + count, 0)

/** The smallest edge that holds so large a share of use; null when older tokens are needed for it. */
export function ageThatCovers(ages: TokenAges, share: number): number | null {
  const total = tokenAgeTotal(ages)
  let sum = 0
  for (const { uptoSeconds, count } of ages) {
    sum += count
    if (sum >= total * share) return uptoSeconds
  }
  return null
}

const isEdge = (ages: TokenAges, seconds: number): boolean => ages.some(({ uptoSeconds }) => uptoSeconds === seconds)

/** How many uses had a token older than this. Exact where the limit lies on an edge, else at most. */
export const usesBeyond = (ages: TokenAges, seconds: number): number =>
  ages.reduce((sum, { uptoSeconds, count }) => (uptoSeconds === null || uptoSeconds > seconds ? sum + count : sum), 0)

/** The age of tokens at use, and what a limit would do to it. */
export function toTokenAgeSentence(ages: TokenAges, limitSeconds: number | null): string {
  const total = tokenAgeTotal(ages)
  if (total === 0) return 'No request with a readable token was recorded.'
  const age = ageThatCovers(ages, ALMOST_ALL)
  const within =
    age === null
      ? 'Some tokens are more than a day old when they are used.'
      : `99.9 % of use is within ${toDuration(age)}.`
  if (limitSeconds === null) return within
  const beyond = usesBeyond(ages, limitSeconds)
  return beyond === 0
    ? `${within} No token was older than ${toDuration(limitSeconds)}.`
    : `${within} ${isEdge(ages, limitSeconds) ? '' : 'At most '}${toPlural(beyond, 'request')} (${toShare(beyond, total)}) had a token older than ${toDuration(limitSeconds)}.`
}

/** Where an age lies on an axis that gives every bucket the same width, in percent: an edge where its bucket ends. */
export function toTokenAgePosition(ages: TokenAges, seconds: number): number {
  const index = ages.findIndex(({ uptoSeconds }) => uptoSeconds === null || uptoSeconds >= seconds)
  if (index === -1) return 100
  const lower = ages[index - 1]?.uptoSeconds ?? 0
  const upper = ages[index]?.uptoSeconds ?? lower
  const within = upper > lower ? (seconds - lower) / (upper - lower) : 1
  return ((index + within) / ages.length) * 100
}
