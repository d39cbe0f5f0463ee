import type { ServicePosture } from '#lib/client/object-types.ts'
import { ProportionBar } from '../ui/proportion-bar.tsx'
import { toCount } from '../ui/words.ts'

type Modes = ServicePosture['endpoints']

const postureParts = ({ enforce, enforcePartial, off, 'log-only': logOnly }: Modes) => [
  { key: 'enforce', label: 'enforce', count: enforce - enforcePartial, fill: 'fill-enforce-fill' },
  { key: 'partial', label: 'enforce for part of the callers', count: enforcePartial, fill: 'fill-enforce-fill/55' },
  { key: 'log-only', label: 'log-only', count: logOnly, fill: 'fill-log-only-fill' },
  { key: 'off', label: 'off', count: off, fill: 'fill-off-fill' },
]

export const endpointCount = ({ off, enforce, 'log-only': logOnly }: Modes): number => off + logOnly + enforce

/** How far a service has come: its endpoints by mode. */
export function PostureBar({ modes }: { readonly modes: Modes }) {
  const total = endpointCount(modes)
  if (total === 0) return <span className="text-faint">no endpoint yet</span>
  return (
    <span className="flex items-center gap-2">
      <span className="w-24 shrink-0">
        <ProportionBar label="Endpoints by mode" parts={postureParts(modes)} height={8} />
      </span>
      <span className="text-muted tabular-nums">
        {toCount(modes.enforce)} of {toCount(total)} enforced
      </span>
    </span>
  )
}
