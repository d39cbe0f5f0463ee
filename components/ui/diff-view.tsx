import { toDiffLines, type DiffLine } from './diff-lines.ts'

interface DiffViewProps {
  readonly before: unknown
  readonly after: unknown
}

/** Before and after, leaf by leaf: what was taken away is struck, what came is marked; never by colour alone. */
export function DiffView({ before, after }: DiffViewProps) {
  const lines = toDiffLines(before, after)
  if (lines.length === 0) return <p className="text-muted">Nothing that is kept here differs.</p>
  return (
    <dl className="overflow-hidden rounded-lg border border-line">
      {lines.map((line) => (
        <Line key={line.path} line={line} />
      ))}
    </dl>
  )
}

const Line = ({ line: { path, before, after } }: { readonly line: DiffLine }) => (
  <div className="grid gap-x-4 gap-y-0.5 border-b border-line px-3 py-1.5 last:border-b-0 sm:grid-cols-[12rem_minmax(0,1fr)]">
    <dt className="truncate font-mono text-xs leading-5 text-muted" title={path}>
      {path === '' ? 'value' : path}
    </dt>
    <dd className="min-w-0 space-y-0.5 font-mono text-xs leading-5 break-words">
      {before !== null && (
        <del className="block rounded-sm bg-denied-tint px-1.5 text-denied decoration-denied/60">
          <span className="sr-only">before: </span>
          {before}
        </del>
      )}
      {after !== null && (
        <ins className="block rounded-sm bg-enforce-tint px-1.5 text-enforce no-underline">
          <span className="sr-only">after: </span>
          {after}
        </ins>
      )}
    </dd>
  </div>
)
