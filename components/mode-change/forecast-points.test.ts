import { expect, it } from 'vitest'
import { hour, hourlySeries } from '../charts/test-series.ts'
import { toForecastPoints } from './forecast-points.ts'

it('forecast and actual lie on one axis and know nothing of a gap', () => {
  const decided = hourlySeries([], {
    buckets: [hour(0), hour(1), hour(2)],
    series: [
      { key: 'requests', label: '', counts: [100, 0, 10] },
      { key: 'denied', label: '', counts: [10, 0, 2] },
      { key: 'forecast', label: '', counts: [10, 0, 1.5] },
    ],
    gaps: [{ from: hour(1), to: hour(2), kind: 'silent' }],
  })
  expect(toForecastPoints(decided)).toEqual([
    { at: hour(0), requests: 100, forecast: 10, denied: 10 },
    { at: hour(1), requests: 0, forecast: null, denied: null },
    { at: hour(2), requests: 10, forecast: 1.5, denied: 2 },
  ])
})
