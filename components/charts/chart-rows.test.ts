import { describe, expect, it } from 'vitest'
import { toBucketSummary } from './bucket-summary.ts'
import { toChartRows } from './chart-rows.ts'
import { toSeriesStyles } from './series-styles.ts'
import { hour, hourlySeries, markAt } from './test-series.ts'

const gaps = [{ from: hour(1), to: hour(3), kind: 'silent' as const }]
const series = hourlySeries([4, 0, 0, 0, 0, 9], { gaps, isOpen: true })
const styles = toSeriesStyles('outcome', series.series)

describe('a chart in rows', () => {
  it('tells decisions, stretches without a report and the bar that still grows, and leaves out what is zero', () => {
    const rows = toChartRows(series, styles, [])
    expect(rows.map(({ key, counts }) => [key, counts])).toEqual([
      [hour(0), ['4']],
      [hour(1), null],
      [hour(5), ['9']],
    ])
    expect(rows.map(({ note }) => note)).toEqual([
      '',
      'No report. No instance was heard of: what happened is not known.',
      'Not over yet.',
    ])
  })

  it('tells each change of the mode at its time, in a quiet bucket and in a gap as well', () => {
    const marks = [markAt(hour(2)), markAt(hour(4), { to: { mode: 'enforce', percent: 100 }, reason: '' })]
    const rows = toChartRows(series, styles, marks)
    expect(rows.map(({ key }) => key)).toEqual([hour(0), hour(1), hour(4), hour(5)])
    expect(rows[1]?.note).toContain('payments POST /refunds from Log-only to Enforce 10 %, by Ada: Agreed.')
    expect(rows[2]).toMatchObject({ counts: ['0'] })
    expect(rows[2]?.note).toMatch(/from Log-only to Enforce, by Ada\.$/)
  })
})

describe('a bar in words', () => {
  it.each([
    [0, 0, 'Denied 4'],
    [1, 1, 'no report'],
    [3, 4, 'No decisions'],
    [2, 5, 'Denied 9, no report, not over yet'],
  ])('from %i to %i', (first, last, words) => {
    expect(toBucketSummary(series, styles, first, last)).toBe(words)
  })
})

describe('a bar that is counted in part', () => {
  it('is named, whether the span cuts it or it is not over yet', () => {
    const cut = hourlySeries([0, 2, 3], {
      countedFrom: '1970-01-01T00:20:00.000Z',
      countedTo: '1970-01-01T02:40:00.000Z',
    })
    expect(toChartRows(cut, styles, []).map(({ note }) => note)).toEqual(['Counted in part.', '', 'Counted in part.'])
    const open = toChartRows({ ...cut, isOpen: true }, styles, [])
    expect(open.map(({ note }) => note)).toEqual(['Counted in part.', '', 'Not over yet.'])
  })
})
