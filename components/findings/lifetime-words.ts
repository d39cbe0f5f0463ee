import type { CallerLifetime, LifetimeStanding } from '#lib/client/object-types.ts'
import type { Tone } from '../ui/badge.tsx'
import { toCount, toDuration, toPlural } from '../ui/words.ts'

export const LIFETIME_STANDINGS = [
  'shorten',
  'not-enough-evidence',
  'fits',
  'issuer-decides',
] as const satisfies readonly LifetimeStanding[]

export const STANDING_WORDS: Readonly<Record<LifetimeStanding, { readonly label: string; readonly tone: Tone }>> = {
  shorten: { label: 'Can be shorter', tone: 'log-only' },
  'not-enough-evidence': { label: 'Not enough evidence', tone: 'outline' },
  fits: { label: 'Fits', tone: 'enforce' },
  'issuer-decides': { label: 'Its issuer decides', tone: 'neutral' },
}

type Ages = Pick<CallerLifetime, 'issuedSeconds' | 'oldestUseSeconds' | 'shortestSeconds' | 'uses'>

/** "Lives 24 h, oldest use within 4 min." */
export function toLifetimeSentence({ issuedSeconds, oldestUseSeconds, uses }: Ages): string {
  const oldest =
    uses === 0
      ? 'not used'
      : oldestUseSeconds === null
        ? 'used for more than a day'
        : `oldest use within ${toDuration(oldestUseSeconds)}`
  return issuedSeconds === null
    ? `Its issuer decides how long it lives; ${oldest}.`
    : `Lives ${toDuration(issuedSeconds)}, ${oldest}.`
}

/** What to do about it, as far as the record goes. */
export function toLifetimeAdvice({ standing, shortestSeconds, uses }: CallerLifetime): string {
  if (shortestSeconds === null) return 'No shorter lifetime would have held for every use that was recorded.'
  const held = `${toDuration(shortestSeconds)} would have covered all ${toPlural(uses, 'recorded use')}`
  if (standing === 'fits') return 'No shorter lifetime on the scale would have held for every use.'
  if (standing === 'issuer-decides') return `${held}. Ask for it where the tokens are issued.`
  return standing === 'shorten' ? `${held}.` : `${held} so far.`
}

/** Exact where both bounds agree. */
export const toBoundedCount = (atLeast: number, atMost: number): string =>
  atLeast === atMost ? toCount(atMost) : `${toCount(atLeast)} to ${toCount(atMost)}`
