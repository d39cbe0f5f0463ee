'use client'
import { ArrowRight, Repeat2 } from 'lucide-react'
import type { ComponentProps } from 'react'
import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { Link } from '@/components/ui/link.tsx'
import { Popover } from '@/components/ui/popover.tsx'
import { ModeBadge } from '@/components/ui/status-badges.tsx'
import { Tooltip } from '@/components/ui/tooltip.tsx'
import { toCount } from '@/components/ui/words.ts'
import { toMomentWords } from './bucket-words.ts'
import { clusterMarks, placeMarks, type MarkCluster } from './mark-clusters.ts'
import { toClusterWords, toEndpointWords } from './mark-words.ts'
import { PLOT_LEFT, PLOT_RIGHT } from './plot-size.ts'
import type { Series } from './series-styles.ts'

interface ModeChangeMarksProps {
  readonly series: Series
  readonly marks: readonly ModeChangeMark[]
  /** Marks that can stand side by side. */
  readonly room: number
}

/** Where modes were changed: a line each, and above them a button for those that lie together. */
export function ModeChangeMarks({ series, marks, room }: ModeChangeMarksProps) {
  const placed = placeMarks(marks, series)
  return (
    <div className="pointer-events-none absolute inset-0">
      {placed.map(({ mark, place }) => (
        <span
          key={mark.id}
          aria-hidden
          className="absolute top-5 bottom-6 w-px border-l border-dashed border-text/45"
          style={{ left: toLeft(place) }}
        />
      ))}
      {clusterMarks(placed, 1 / room).map((cluster) => (
        <ClusterMark key={cluster.marks[0]?.mark.id} cluster={cluster} />
      ))}
    </div>
  )
}

const toLeft = (place: number): string =>
  `calc(${String(PLOT_LEFT)}px + (100% - ${String(PLOT_LEFT + PLOT_RIGHT)}px) * ${String(place)})`

function ClusterMark({ cluster: { place, marks: placed } }: { readonly cluster: MarkCluster }) {
  const marks = placed.map(({ mark }) => mark)
  return (
    <div
      className="pointer-events-auto absolute top-0 flex h-6 w-6 -translate-x-1/2 justify-center"
      style={{ left: toLeft(place) }}
    >
      <Popover label="Mode changes" trigger={<MarkButton marks={marks} />}>
        <ol className="max-h-80 space-y-3 overflow-y-auto">
          {marks.toReversed().map((mark) => (
            <MarkDetail key={mark.id} mark={mark} />
          ))}
        </ol>
      </Popover>
    </div>
  )
}

interface MarkButtonProps extends ComponentProps<'button'> {
  readonly marks: readonly ModeChangeMark[]
}

const MarkButton = ({ marks, ...props }: MarkButtonProps) => (
  <Tooltip content={toClusterWords(marks)}>
    <button
      type="button"
      aria-label={toClusterWords(marks)}
      className="inline-flex size-6 items-center justify-center rounded-full"
      {...props}
    >
      <span
        aria-hidden
        className="inline-flex h-4 min-w-4 items-center justify-center rounded-full bg-text px-1 text-[10px] leading-none font-semibold text-inverse tabular-nums"
      >
        {marks.length === 1 ? <Repeat2 className="size-2.5" /> : toCount(marks.length)}
      </span>
    </button>
  </Tooltip>
)

function MarkDetail({ mark }: { readonly mark: ModeChangeMark }) {
  const toPath = useEnvironmentPath()
  return (
    <li className="space-y-1 text-xs">
      <Link href={toPath(`/endpoints/${mark.endpointId}`)} className="block font-mono break-all hover:underline">
        {toEndpointWords(mark)}
      </Link>
      <span className="flex flex-wrap items-center gap-1.5">
        <ModeBadge {...mark.from} />
        <ArrowRight aria-label="to" className="size-3.5 text-faint" />
        <ModeBadge {...mark.to} />
      </span>
      <span className="block text-muted">
        {mark.isAutomatic ? 'Undone by itself' : mark.actorName},{' '}
        <time dateTime={mark.at}>{toMomentWords(mark.at)}</time>, revision {mark.revision}
      </span>
      {mark.reason !== '' && <span className="block">{mark.reason}</span>}
    </li>
  )
}
