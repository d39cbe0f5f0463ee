import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../policy/token-age.ts'
import { TOKEN_AGE_EDGES_SECONDS, TOKEN_LIFETIME_SECONDS_MIN } from '../policy/vocabulary.ts'
import { issuedLifetime, judgeLifetime, wastedSeconds } from './judge-lifetime.ts'
import {
  addTokenAges,
  ageThatCovers,
  countUses,
  oldestUse,
  shortestLifetime,
  usesOlderThan,
} from './token-age-counts.ts'

/** As instances record them. */
const record = (ages: readonly number[]): number[] => {
  const counts = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const age of ages) counts[tokenAgeBucket(age)] = (counts[tokenAgeBucket(age)] ?? 0) + 1
  return counts
}
const agesArbitrary = fc.array(fc.integer({ min: -60, max: 100_000 }), { maxLength: 60 })
const edge = fc.constantFrom(...TOKEN_AGE_EDGES_SECONDS)

describe('counting the uses that a lifetime breaks', () => {
  test('is exact on every edge of the histogram', () => {
    fc.assert(
      fc.property(agesArbitrary, edge, (ages, seconds) => {
        const older = ages.filter((age) => age > seconds).length
        expect(usesOlderThan(record(ages), seconds)).toEqual({ atLeast: older, atMost: older })
      }),
    )
  })

  test('is bounded between two edges, and the truth lies within', () => {
    fc.assert(
      fc.property(agesArbitrary, fc.integer({ min: 1, max: 200_000 }), (ages, seconds) => {
        const older = ages.filter((age) => age > seconds).length
        const { atLeast, atMost } = usesOlderThan(record(ages), seconds)
        expect(atLeast).toBeLessThanOrEqual(older)
        expect(atMost).toBeGreaterThanOrEqual(older)
      }),
    )
  })

  test('never counts more for a longer lifetime', () => {
    fc.assert(
      fc.property(agesArbitrary, fc.integer({ min: 1, max: 200_000 }), fc.nat(10_000), (ages, seconds, more) => {
        const [shorter, longer] = [usesOlderThan(record(ages), seconds), usesOlderThan(record(ages), seconds + more)]
        expect(longer.atLeast).toBeLessThanOrEqual(shorter.atLeast)
        expect(longer.atMost).toBeLessThanOrEqual(shorter.atMost)
      }),
    )
  })
})

describe('the shortest lifetime', () => {
  test('would have broken no recorded use, and the edge below it would, unless no lifetime is shorter', () => {
    fc.assert(
      fc.property(
        agesArbitrary.filter(({ length }) => length > 0),
        (ages) => {
          const shortest = shortestLifetime(record(ages))
          expect(shortest === null).toBe(Math.max(...ages) > 86_400)
          if (shortest === null) return
          expect(ages.filter((age) => age > shortest)).toEqual([])
          const below = TOKEN_AGE_EDGES_SECONDS.filter((each) => each < shortest).at(-1) ?? 0
          if (below >= TOKEN_LIFETIME_SECONDS_MIN) expect(ages.some((age) => age > below)).toBe(true)
        },
      ),
    )
  })

  test('is an allowed lifetime even where every token was used at once, and none without use', () => {
    expect(shortestLifetime(record([0, 1, 2]))).toBe(TOKEN_LIFETIME_SECONDS_MIN)
    expect(shortestLifetime(record([]))).toBeNull()
    expect(shortestLifetime(record([90_000]))).toBeNull()
  })

  test('of two callers together is the longer one', () => {
    fc.assert(
      fc.property(agesArbitrary, agesArbitrary, (some, others) => {
        const together = addTokenAges([record(some), record(others)])
        expect(countUses(together)).toBe(some.length + others.length)
        expect(together).toEqual(record([...some, ...others]))
      }),
    )
  })
})

test('the age that covers a share is the first edge that holds it', () => {
  const ages = record([...new Array<number>(999).fill(50), 240])
  expect(ageThatCovers(ages, 0.999)).toBe(60)
  expect(oldestUse(ages)).toBe(240)
  expect(ageThatCovers(record([]), 0.999)).toBeNull()
})

describe('judging a lifetime', () => {
  const now = new Date('2026-02-01T00:00:00Z')
  const aMonthAgo = new Date('2026-01-01T00:00:00Z')
  const used = record(new Array<number>(400).fill(200))
  const ask = { issuedSeconds: 86_400, ages: used, firstAt: aMonthAgo, now }

  test('says that tokens live far longer than they are used', () => {
    expect(judgeLifetime(ask)).toEqual({ standing: 'shorten', shortestSeconds: 240, isFarLonger: true, gaps: [] })
  })

  test('never says to shorten on few uses, or after a short time', () => {
    const few = judgeLifetime({ ...ask, ages: record([200, 210]) })
    expect(few.standing).toBe('not-enough-evidence')
    expect(few.gaps).toEqual(['2 uses still allow 78 % with an older token, at 95 % confidence.'])
    const lately = judgeLifetime({ ...ask, firstAt: new Date('2026-01-31T20:30:00Z') })
    expect(lately.standing).toBe('not-enough-evidence')
    expect(lately.gaps).toEqual(['Watched for 3 hours: not every hour and day of the week was seen.'])
  })

  test('leaves alone what fits, and what somebody else issues', () => {
    expect(judgeLifetime({ ...ask, issuedSeconds: 240 }).standing).toBe('fits')
    expect(judgeLifetime({ ...ask, ages: record([90_000]) }).standing).toBe('fits')
    expect(judgeLifetime({ ...ask, issuedSeconds: null }).standing).toBe('issuer-decides')
  })

  test('whatever is advised is shorter than what is issued and breaks nobody', () => {
    fc.assert(
      fc.property(agesArbitrary, fc.integer({ min: 30, max: 86_400 }), (ages, issuedSeconds) => {
        const judgement = judgeLifetime({ ...ask, issuedSeconds, ages: record(ages) })
        const wasted = wastedSeconds(issuedSeconds, judgement)
        expect(wasted > 0).toBe(judgement.standing === 'shorten' || judgement.standing === 'not-enough-evidence')
        if (wasted > 0) expect(usesOlderThan(record(ages), issuedSeconds - wasted).atMost).toBe(0)
      }),
    )
  })
})

test('a token lives as long as the least of its own lifetime and those of its scopes; the longest kind counts', () => {
  const scopes = new Map([
    ['refunds:create', 60],
    ['orders:read', 7_200],
  ])
  expect(issuedLifetime(900, [['refunds:create', 'orders:read']], scopes)).toBe(60)
  expect(issuedLifetime(900, [['refunds:create'], ['orders:read']], scopes)).toBe(900)
  expect(issuedLifetime(900, [], scopes)).toBe(900)
})
