import type { ModeChangeMark } from '#lib/client/object-types.ts'
import type { Series } from './series-styles.ts'

const HOUR_MS = 3_600_000
export const hour = (number: number): string => new Date(number * HOUR_MS).toISOString()

/** Hours since 1970, of denials unless other series are named. */
export const hourlySeries = (counts: readonly number[], parts: Partial<Series> = {}): Series => ({
  bucketSeconds: 3_600,
  buckets: counts.map((_, index) => hour(index)),
  countedFrom: hour(0),
  countedTo: hour(counts.length),
  isOpen: false,
  series: [{ key: 'denied', label: 'Denied', counts: [...counts] }],
  gaps: [],
  ...parts,
})

export const markAt = (at: string, parts: Partial<ModeChangeMark> = {}): ModeChangeMark => ({
  id: `change ${at}`,
  at,
  undoFromDenials: null,
  isAutomatic: false,
  endpointId: 'endpoint',
  serviceSlug: 'payments',
  method: 'POST',
  route: '/refunds',
  from: { mode: 'log-only', percent: 100 },
  to: { mode: 'enforce', percent: 10 },
  reason: 'Agreed',
  actorName: 'Ada',
  revision: 7,
  ...parts,
})
