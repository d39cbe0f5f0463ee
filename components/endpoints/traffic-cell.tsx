import type { Endpoint } from '#lib/client/object-types.ts'
import { ProportionBar } from '../ui/proportion-bar.tsx'
import { toShortCount } from '../ui/words.ts'
import { requestCount } from './endpoint-filter.ts'

type Counts = Endpoint['last24Hours']

export const outcomeParts = (counts: Counts) => [
  { key: 'allowed', label: 'allowed', count: counts.allowed, fill: 'fill-allowed-fill' },
  { key: 'unevaluated', label: 'not evaluated', count: counts.unevaluated, fill: 'fill-off-fill' },
  {
    key: 'would-deny',
    label: 'would have been denied',
    count: counts['would-deny'],
    fill: 'fill-log-only-fill',
    hatched: true,
  },
  { key: 'denied', label: 'denied', count: counts.denied, fill: 'fill-denied-fill' },
]

/** Requests of the last 24 hours and what became of them. */
export function TrafficCell({ counts }: { readonly counts: Counts }) {
  const total = requestCount({ last24Hours: counts })
  if (total === 0) return <span className="text-faint">none</span>
  return (
    <span className="flex items-center justify-end gap-2">
      <span className="tabular-nums">{toShortCount(total)}</span>
      <span className="w-14 shrink-0 max-lg:hidden">
        <ProportionBar label="Last 24 hours" parts={outcomeParts(counts)} height={6} />
      </span>
    </span>
  )
}
