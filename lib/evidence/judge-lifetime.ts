import { countOf } from './count-of.ts'
import { DENIAL_RATE_MAX, OBSERVATION_HOURS_MIN } from './readiness.ts'
import { countUses, shortestLifetime, type TokenAgeCounts } from './token-age-counts.ts'
import { upperBound } from './upper-bound.ts'

/**
 * `shorten`: enough is known to say that a shorter lifetime breaks nobody. `fits`: none would. `issuer-decides`: the tokens
 * come from elsewhere.
 */
export const LIFETIME_STANDINGS = ['shorten', 'not-enough-evidence', 'fits', 'issuer-decides'] as const
export type LifetimeStanding = (typeof LIFETIME_STANDINGS)[number]

export interface LifetimeQuestion {
  /** Seconds the caller's tokens live now; null where their issuer decides. */
  readonly issuedSeconds: number | null
  readonly ages: TokenAgeCounts
  /** The first use that was recorded in the window. */
  readonly firstAt: Date
  readonly now: Date
}

export interface LifetimeJudgement {
  readonly standing: LifetimeStanding
  /** The shortest lifetime that would have broken nobody recorded; null where there is none. */
  readonly shortestSeconds: number | null
  /** Tokens live so many times longer than the oldest was used. */
  readonly isFarLonger: boolean
  /** What is missing, a sentence each. */
  readonly gaps: readonly string[]
}

/** From here on a lifetime is said to be far longer than its use. */
const FAR_LONGER = 4
const HOUR_MS = 3_600_000

/** What the recorded ages say about a lifetime. Never to shorten it where too little is known. */
export function judgeLifetime(question: LifetimeQuestion): LifetimeJudgement {
  const { issuedSeconds, ages } = question
  const shortestSeconds = shortestLifetime(ages)
  const gaps = findGaps(question)
  const isShorter = issuedSeconds !== null && shortestSeconds !== null && shortestSeconds < issuedSeconds
  return {
    standing: standingOf(issuedSeconds, isShorter, gaps),
    shortestSeconds,
    isFarLonger: isShorter && issuedSeconds >= FAR_LONGER * shortestSeconds,
    gaps,
  }
}

function standingOf(issuedSeconds: number | null, isShorter: boolean, gaps: readonly string[]): LifetimeStanding {
  if (issuedSeconds === null) return 'issuer-decides'
  if (!isShorter) return 'fits'
  return gaps.length > 0 ? 'not-enough-evidence' : 'shorten'
}

function findGaps({ ages, firstAt, now }: LifetimeQuestion): string[] {
  const uses = countUses(ages)
  const bound = upperBound(uses) ?? 1
  const hours = (now.getTime() - firstAt.getTime()) / HOUR_MS
  return [
    ...(bound > DENIAL_RATE_MAX
      ? [
          `${countOf(uses, 'use')} still allow ${(bound * 100).toPrecision(2)} % with an older token, at 95 % confidence.`,
        ]
      : []),
    ...(hours < OBSERVATION_HOURS_MIN
      ? [`Watched for ${countOf(Math.floor(hours), 'hour')}: not every hour and day of the week was seen.`]
      : []),
  ]
}

/** What lives longer than it has to comes first, by how much. */
export const wastedSeconds = (issuedSeconds: number | null, { shortestSeconds }: LifetimeJudgement): number =>
  issuedSeconds === null || shortestSeconds === null ? 0 : Math.max(0, issuedSeconds - shortestSeconds)

/**
 * Seconds that the tokens of a caller live: the least of its own lifetime and those of the scopes they carry. Of several kinds
 * of tokens, the one that lives longest.
 */
export function issuedLifetime(
  ownSeconds: number,
  scopeSets: readonly (readonly string[])[],
  scopeLifetimes: ReadonlyMap<string, number>,
): number {
  const lifetimes = scopeSets.map((scopes) =>
    Math.min(ownSeconds, ...scopes.flatMap((scope) => scopeLifetimes.get(scope) ?? [])),
  )
  return lifetimes.length === 0 ? ownSeconds : Math.max(...lifetimes)
}
