import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { classNames } from '@/components/ui/class-names.ts'
import { Panel } from '@/components/ui/panel.tsx'
import { ProportionBar, type Proportion } from '@/components/ui/proportion-bar.tsx'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { toCount, toPlural, toShare } from '@/components/ui/words.ts'

export type Overview = RouteResponse<'getOverview'>

interface Part extends Proportion {
  readonly dot: string
  /** What the filter lists, where that is more than this part of the bar. */
  readonly listed?: number
  readonly note?: string
  /** Below the endpoints page; null where another part's list holds it. */
  readonly filter: string | null
}

function toModes({ endpoints }: Overview): Part[] {
  const { enforce, enforcePartial } = endpoints
  return [
    {
      key: 'enforce',
      label: 'Enforce',
      count: enforce - enforcePartial,
      listed: enforce,
      ...(enforcePartial > 0 ? { note: `${toCount(enforcePartial)} for part of the callers` } : {}),
      fill: 'fill-enforce-fill',
      dot: 'bg-enforce-fill',
      filter: 'mode=enforce',
    },
    {
      key: 'partial',
      label: 'Enforce, part of the callers',
      count: enforcePartial,
      fill: 'fill-enforce-fill/55',
      dot: 'bg-enforce-fill/55',
      filter: null,
    },
    {
      key: 'log-only',
      label: 'Log-only',
      count: endpoints['log-only'],
      fill: 'fill-log-only-fill',
      dot: 'bg-log-only-fill',
      filter: 'mode=log-only',
    },
    { key: 'off', label: 'Off', count: endpoints.off, fill: 'fill-off-fill', dot: 'bg-off-fill', filter: 'mode=off' },
  ]
}

/** Of endpoints that are not enforced yet. */
const toReadinessFilter = (readiness: keyof Overview['readiness']): string => `mode=off,log-only&readiness=${readiness}`

function toReadiness({ readiness }: Overview): Part[] {
  return [
    {
      key: 'ready',
      label: 'Ready to enforce',
      count: readiness.ready,
      fill: 'fill-enforce-fill',
      dot: 'bg-enforce-fill',
      filter: toReadinessFilter('ready'),
    },
    {
      key: 'not-ready',
      label: 'Not ready',
      count: readiness['not-ready'],
      fill: 'fill-denied-fill',
      dot: 'bg-denied-fill',
      filter: toReadinessFilter('not-ready'),
    },
    {
      key: 'unknown',
      label: 'Not enough evidence',
      count: readiness['not-enough-evidence'],
      fill: 'fill-off-fill',
      dot: 'bg-off-fill',
      filter: toReadinessFilter('not-enough-evidence'),
    },
  ]
}

export function Posture({ overview }: { readonly overview: Overview | undefined }) {
  const total =
    overview === undefined ? 0 : overview.endpoints.off + overview.endpoints['log-only'] + overview.endpoints.enforce
  return (
    <Panel
      id="posture"
      title="Posture"
      description={
        overview === undefined
          ? 'Endpoints by mode'
          : `${toPlural(total, 'endpoint')} of ${toPlural(overview.services, 'service')}, ${toPlural(overview.identities, 'identity', 'identities')}`
      }
    >
      <div className="space-y-5">
        <Distribution label="Endpoints by mode" parts={overview && toModes(overview)} total={total} />
        <Distribution label="Endpoints not yet enforced, by readiness" parts={overview && toReadiness(overview)} />
        <Instances overview={overview} />
      </div>
    </Panel>
  )
}

interface DistributionProps {
  readonly label: string
  readonly parts: readonly Part[] | undefined
  readonly total?: number
}

function Distribution({ label, parts, total }: DistributionProps) {
  const toPath = useEnvironmentPath()
  if (parts === undefined) return <Skeleton className="h-16" />
  const whole = total ?? parts.reduce((sum, { count }) => sum + count, 0)
  return (
    <div>
      <h3 className="mb-1.5 text-xs text-muted">{label}</h3>
      <ProportionBar label={label} parts={parts} />
      <ul className="mt-1.5 -ml-1.5 flex flex-wrap gap-x-2">
        {parts
          .filter(({ filter }) => filter !== null)
          .map(({ key, label: name, count, listed = count, note, dot, filter }) => (
            <li key={key}>
              <Link
                href={toPath(`/endpoints?${filter ?? ''}`)}
                className="inline-flex h-6 items-center gap-1.5 rounded-sm px-1.5 hover:bg-hover"
              >
                <span aria-hidden className={classNames('size-2 rounded-full', dot)} />
                <span className="text-muted">{name}</span>
                <span className="font-medium tabular-nums">{toCount(listed)}</span>
                <span className="text-xs text-faint tabular-nums">{toShare(listed, whole)}</span>
                {note !== undefined && <span className="text-xs text-muted">{note}</span>}
              </Link>
            </li>
          ))}
      </ul>
    </div>
  )
}

function Instances({ overview }: { readonly overview: Overview | undefined }) {
  const toPath = useEnvironmentPath()
  if (overview === undefined) return <Skeleton className="h-5 w-72" />
  const { live, confirmed } = overview.instances
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 border-t border-line pt-3 text-muted">
      <Sentence live={live} confirmed={confirmed} />
      {confirmed < live && (
        <Link
          href={toPath('/services')}
          className="underline decoration-line-strong underline-offset-2 hover:text-text"
        >
          Which are behind
        </Link>
      )}
    </p>
  )
}

function Sentence({ live, confirmed }: { readonly live: number; readonly confirmed: number }): ReactNode {
  if (live === 0) return 'No instance is live: nothing confirms the published configuration.'
  if (live === confirmed) return `All ${toPlural(live, 'live instance')} confirm the published configuration.`
  return (
    <span>
      <span className="font-medium text-log-only">
        {toCount(confirmed)} of {toPlural(live, 'live instance')}
      </span>{' '}
      confirm the published configuration.
    </span>
  )
}
