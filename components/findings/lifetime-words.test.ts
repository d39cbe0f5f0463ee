import { expect, it } from 'vitest'
import { LifetimeStanding } from '#lib/contract/findings.ts'
import type { CallerLifetime } from '#lib/client/object-types.ts'
import { LIFETIME_STANDINGS, toBoundedCount, toLifetimeAdvice, toLifetimeSentence } from './lifetime-words.ts'

const LIFETIME: CallerLifetime = {
  caller: { key: 'integration:reporting', kind: 'integration', name: 'reporting' },
  ...{ standing: 'shorten', gaps: [], isFarLonger: true, lifetimeReason: null, replayedUses: 0 },
  ...{ firstAt: '2026-01-01T00:00:00Z', lastAt: '2026-01-08T00:00:00Z', services: [] },
  ...{ uses: 1_200, tokenAges: [], oldestUseSeconds: 240, almostAllSeconds: 120, issuedSeconds: 86_400 },
  ...{ shortestSeconds: 240, breaks: [] },
}

it('says how long tokens live and how old they are used', () => {
  expect(toLifetimeSentence(LIFETIME)).toBe('Lives 24 h, oldest use within 4 min.')
  expect(toLifetimeSentence({ ...LIFETIME, oldestUseSeconds: null })).toBe('Lives 24 h, used for more than a day.')
  expect(toLifetimeSentence({ ...LIFETIME, issuedSeconds: null })).toContain('Its issuer decides')
})

it('advises no more than was recorded', () => {
  expect(toLifetimeAdvice(LIFETIME)).toBe('4 min would have covered all 1,200 recorded uses.')
  expect(toLifetimeAdvice({ ...LIFETIME, standing: 'not-enough-evidence' })).toMatch(/so far\.$/)
  expect(toLifetimeAdvice({ ...LIFETIME, standing: 'issuer-decides' })).toContain('where the tokens are issued')
  expect(toLifetimeAdvice({ ...LIFETIME, standing: 'fits', shortestSeconds: null })).toContain('No shorter lifetime')
})

it('gives one number where it is exact, else both bounds', () => {
  expect(toBoundedCount(1_200, 1_200)).toBe('1,200')
  expect(toBoundedCount(3, 40)).toBe('3 to 40')
})

it('has words for every standing of the contract', () => {
  expect([...LIFETIME_STANDINGS].sort()).toEqual([...LifetimeStanding.options].sort())
})
