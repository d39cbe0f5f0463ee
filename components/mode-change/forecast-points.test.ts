import { describe, expect, it } from 'vitest'
import type { ModeChange } from '#lib/client/object-types.ts'
import { hour, hourlySeries } from '../charts/test-series.ts'
import { findEnforcedRun, sumPoints, toComparedFrom, toForecastPoints, toForecastShare } from './forecast-points.ts'

type Kind = NonNullable<ModeChange['forecast']>['callers'][number]['caller']['kind']

const change = (from: string, to: string, callers: readonly [Kind, number][] | null): ModeChange => {
  const toGate = (text: string) => {
    const [mode = '', percent = '100'] = text.split(' ')
    return { mode: mode as ModeChange['to']['mode'], percent: Number(percent) }
  }
  return {
    id: `${from} ${to}`,
    at: hour(0),
    actorName: 'Ada',
    revision: 1,
    from: toGate(from),
    to: toGate(to),
    reason: '',
    undoFromDenials: null,
    isAutomatic: false,
    forecast: callers && {
      requests: 200,
      wouldDeny: 0,
      windowHours: 168,
      callers: callers.map(([kind, wouldDeny]) => ({
        caller: { key: `${kind}:a`, kind, name: 'a' },
        wouldDeny,
      })),
    },
    actual: null,
  }
}
const shareOf = (...changes: readonly ModeChange[]) => {
  const run = findEnforcedRun(changes)
  return run && toForecastShare(run)
}

describe('what was forecast', () => {
  it('is the part of the requests whose callers the change denies', () => {
    expect(
      shareOf(
        change('log-only', 'enforce', [
          ['service', 20],
          ['anonymous', 10],
        ]),
      ),
    ).toBe(0.15)
  })

  it('counts people by the percent, as each of them is enforced or not', () => {
    expect(
      shareOf(
        change('log-only', 'enforce 10', [
          ['user', 100],
          ['service', 10],
        ]),
      ),
    ).toBe(0.1)
  })

  it('adds up over the steps that led here, and not what was before them', () => {
    const steps = [
      change('enforce 10', 'enforce 50', [['service', 6]]),
      change('log-only', 'enforce 10', [['service', 4]]),
      change('enforce', 'log-only', null),
      change('log-only', 'enforce', [['service', 100]]),
    ]
    expect(shareOf(...steps)).toBe(0.05)
  })

  it('is nothing where the endpoint is not enforced, or was put back without a forecast', () => {
    expect(shareOf(change('enforce', 'log-only', null), change('log-only', 'enforce', [['service', 1]]))).toBeNull()
    expect(shareOf(change('log-only', 'enforce', null))).toBeNull()
    expect(shareOf()).toBeNull()
  })
})

describe('forecast and actual', () => {
  it('lie on one axis, scaled to the traffic that came, and know nothing of a gap', () => {
    const series = hourlySeries([], {
      buckets: [hour(0), hour(1), hour(2)],
      series: [
        { key: 'allowed', label: 'Allowed', counts: [90, 0, 8] },
        { key: 'denied', label: 'Denied', counts: [10, 0, 2] },
        { key: 'unevaluated', label: 'Not evaluated', counts: [7, 0, 7] },
      ],
      gaps: [{ from: hour(1), to: hour(2), kind: 'silent' }],
    })
    const points = toForecastPoints(series, 0.1)
    expect(points).toEqual([
      { at: hour(0), requests: 100, forecast: 10, denied: 10 },
      { at: hour(1), requests: 0, forecast: null, denied: null },
      { at: hour(2), requests: 10, forecast: 1, denied: 2 },
    ])
    expect(sumPoints(points)).toEqual({ requests: 110, forecast: 11, denied: 12 })
  })
})

describe('decisions are compared', () => {
  const at = '2026-03-02T10:20:30.000Z'
  const later = (hours: number) => Date.parse(at) + hours * 3_600_000

  it('from the minute of the change, and when that is not kept any more from the hour', () => {
    const flip = { ...change('log-only', 'enforce', null), at }
    expect(toComparedFrom(flip, later(1))).toBe('2026-03-02T10:20:00.000Z')
    expect(toComparedFrom(flip, later(25))).toBe('2026-03-02T10:00:00.000Z')
    expect(toComparedFrom(flip, later(40 * 24))).toBe('2026-03-12T11:00:00.000Z')
  })

  it('from the change itself where the mode was the same before', () => {
    expect(toComparedFrom({ ...change('enforce 10', 'enforce', null), at }, later(1))).toBe(at)
  })
})
