import type { DecisionFilter } from './decision-filter.ts'
import type { TopRow } from './read-top.ts'
import type { DayOfWindow } from './recorded-days.ts'
import { TOP_COLUMNS, type SignatureGroups } from './signature-groups.ts'
import { sumByGroup } from './sum-groups.ts'

/** As `readTop` answers, to the slots of the days. */
export function sumTop(
  days: readonly DayOfWindow[],
  groups: SignatureGroups,
  window: DecisionFilter,
  limit: number,
): TopRow[] {
  const totals = sumByGroup(days, groups, window)
  return groups.names
    .map((name, number) => ({ ...name, ...toColumns(totals, number) }))
    .filter((row) => requestsOf(row) > 0)
    .sort(byDenials)
    .slice(0, limit)
}

function toColumns(totals: Float64Array, number: number): Omit<TopRow, 'key' | 'label'> {
  const [allowed = 0, wouldDeny = 0, denied = 0, unevaluated = 0] = totals.subarray(number * TOP_COLUMNS.length)
  return { allowed, 'would-deny': wouldDeny, denied, unevaluated }
}

const denialsOf = (row: TopRow): number => row['would-deny'] + row.denied
const requestsOf = (row: TopRow): number => denialsOf(row) + row.allowed + row.unevaluated
const byDenials = (a: TopRow, b: TopRow): number =>
  denialsOf(b) - denialsOf(a) || requestsOf(b) - requestsOf(a) || (a.key < b.key ? -1 : 1)
