import { expect, it } from 'vitest'
import { OUTCOME_WORDS, toDuration, toPlural, toReasonWords, toShare } from './words.ts'

it('never says that something was denied in log-only', () => {
  expect(OUTCOME_WORDS['would-deny']).toBe('Would have been denied')
})

it('never rounds what happened to nothing, nor what did not always happen to always', () => {
  expect(toShare(1, 100_000)).toBe('< 0.1 %')
  expect(toShare(99_999, 100_000)).toBe('> 99.9 %')
  expect(toShare(995, 1_000)).toBe('99 %')
  expect(toShare(0, 10)).toBe('0 %')
  expect(toShare(10, 10)).toBe('100 %')
  expect(toShare(0, 0)).toBe('0 %')
})

it('gives durations in the unit people think in', () => {
  expect([30, 900, 5_400, 86_400, 2_592_000].map(toDuration)).toEqual(['30 s', '15 min', '1.5 h', '24 h', '30 days'])
})

it('counts in words', () => {
  expect([toPlural(1, 'caller'), toPlural(1_200, 'entry', 'entries')]).toEqual(['1 caller', '1,200 entries'])
})

it('shows a reason of a newer control plane as it is', () => {
  expect(toReasonWords('scope-missing')).toBe('Missing scope')
  expect(toReasonWords('moon-phase-wrong')).toBe('moon-phase-wrong')
})
