import { describe, expect, it } from 'vitest'
import { toBoundWords, toCoverageSentence, toForecastSentence, toHourSpans, toWindowWords } from './evidence-words.ts'

const none = { requests: 0, wouldDeny: 0, upperBound: null, undetermined: 0, unevaluatedRequests: 0 }

describe('evidence in words', () => {
  it('states the upper bound that an absence of denials leaves', () => {
    expect(toForecastSentence({ ...none, requests: 1_284, upperBound: 0.00233 })).toBe(
      '0 of 1,284 requests would be denied; at most 0.24\u00a0% at 95\u00a0% confidence.',
    )
  })

  it('states the share when there are denials', () => {
    expect(toForecastSentence({ ...none, requests: 1_284, wouldDeny: 96, undetermined: 4 })).toBe(
      '96 of 1,284 requests would be denied (4 more cannot be told from what was recorded), 7.5\u00a0%.',
    )
  })

  it('claims nothing without recorded requests', () => {
    expect(toForecastSentence(none)).toContain('nothing is known')
    expect(toForecastSentence({ ...none, unevaluatedRequests: 12 })).toBe(
      '12 requests came while the mode was off and were only counted: nothing is known of who would be denied.',
    )
  })

  it('never rounds a bound down', () => {
    expect(toBoundWords(0.000_001)).toBe('0.01 %')
  })

  it('names hours and weekdays that were not seen', () => {
    expect(toHourSpans([3, 4, 5, 9, 23])).toBe('03–06, 09–10, 23–24')
    expect(
      toCoverageSentence({
        hoursCovered: Array.from({ length: 22 }, (_, hour) => hour),
        weekdaysCovered: [1, 2, 3, 4, 5, 7],
      }),
    ).toBe('Not seen: 22–24 h UTC; Saturday.')
    expect(toCoverageSentence({ hoursCovered: [], weekdaysCovered: [] })).toBe('No hour of the day has been seen.')
  })

  it('says a window as people do', () => {
    expect([1, 24, 168, 720].map(toWindowWords)).toEqual(['hour', '24 hours', '7 days', '30 days'])
  })
})
