import type { z } from 'zod'
import { TOP_BY, type DecisionExportQuery } from '../../contract/decisions.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { toCsvLine } from '../to-csv.ts'
import { toDecisionWindow } from './decision-window.ts'
import { listSamples } from './list-samples.ts'
import { readDecisionSeries } from './read-decision-series.ts'
import { readDecisionTop } from './read-decision-top.ts'

type Query = z.output<typeof DecisionExportQuery>
type Table = Query['table']

/** What is asked for, in a window that stands still while it is read. */
interface Question {
  readonly ctx: DecisionContext
  readonly actor: Actor
  readonly environmentId: string
  readonly by: Query['by']
  readonly filter: Omit<Query, 'table' | 'by' | 'format'>
}

/** A line: its columns are those of its table. */
type Row = Readonly<Record<string, unknown>>

const SAMPLES_MAX = 100_000
const SAMPLES_PER_READ = 500
const TOP_MAX = 100
const COLUMNS = {
  samples: [
    'id',
    'at',
    'service',
    'method',
    'route',
    'path',
    'endpointId',
    'mode',
    'outcome',
    'reason',
    'caller',
    'callerKind',
    'missingScopes',
    'replayed',
  ],
  series: ['from', 'to', 'by', 'key', 'label', 'count', 'gap', 'isOpen'],
  top: ['by', 'key', 'label', 'denied', 'would-deny', 'allowed', 'unevaluated'],
} as const satisfies Record<Table, readonly string[]>

/** What the filters leave, read while it is sent. What cannot be answered is refused before the first line. */
export function exportDecisions(
  ctx: DecisionContext,
  actor: Actor,
  environmentId: string,
  { table, by, format, ...filter }: Query,
): AsyncGenerator<string> {
  requireRole(actor, 'viewer')
  const { from, to } = toDecisionWindow(filter)
  if (table === 'top') requireTopBy(by)
  const window = { from: from.toISOString(), to: to.toISOString() }
  const pages = READERS[table]({ ctx, actor, environmentId, by, filter: { ...filter, ...window } })
  return format === 'csv' ? toCsv(COLUMNS[table], pages) : toLines(COLUMNS[table], pages)
}

const READERS: Readonly<Record<Table, (question: Question) => AsyncIterable<readonly Row[]>>> = {
  samples: readSampleRows,
  series: readSeriesRows,
  top: readTopRows,
}

async function* readSampleRows({ ctx, actor, environmentId, filter }: Question): AsyncGenerator<readonly Row[]> {
  let cursor: string | undefined
  for (let left = SAMPLES_MAX; left > 0; left -= SAMPLES_PER_READ) {
    const page = await listSamples(ctx, actor, environmentId, { ...filter, cursor, limit: SAMPLES_PER_READ })
    yield page.items.map(({ serviceSlug, caller, missingScopes, ...sample }) => ({
      ...sample,
      service: serviceSlug,
      caller: caller.name,
      missingScopes: missingScopes.join(' '),
    }))
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

/** A row for each bucket and series; where nothing is known one that says so and has no count. */
async function* readSeriesRows({
  ctx,
  actor,
  environmentId,
  by = 'outcome',
  filter,
}: Question): AsyncGenerator<readonly Row[]> {
  const answer = await readDecisionSeries(ctx, actor, environmentId, { ...filter, by })
  const { buckets, bucketSeconds, series, gaps, isOpen } = answer
  yield buckets.flatMap((from, index): Row[] => {
    const to = new Date(Date.parse(from) + bucketSeconds * 1_000).toISOString()
    const bucket = { from, to, by, isOpen: isOpen && index === buckets.length - 1 }
    const gap = gaps.find((each) => each.from <= from && from < each.to)
    if (gap !== undefined) return [{ ...bucket, key: null, label: null, count: null, gap: gap.kind }]
    return series.map(({ key, label, counts }) => ({ ...bucket, key, label, count: counts[index] ?? 0, gap: null }))
  })
}

async function* readTopRows({ ctx, actor, environmentId, by, filter }: Question): AsyncGenerator<readonly Row[]> {
  const topBy = requireTopBy(by)
  const { items } = await readDecisionTop(ctx, actor, environmentId, { ...filter, by: topBy, limit: TOP_MAX })
  yield items.map((item) => ({ by: topBy, ...item }))
}

function requireTopBy(by: Query['by'] = 'caller'): (typeof TOP_BY)[number] {
  const topBy = TOP_BY.find((each) => each === by)
  if (topBy !== undefined) return topBy
  const detail = `must be one of ${TOP_BY.join(', ')} for the top`
  throw new ControlError('invalid-request', `query/by: ${detail}.`, [{ pointer: 'query/by', detail }])
}

async function* toLines(columns: readonly string[], pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  const toLine = (row: Row) => `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])))}\n`
  for await (const rows of pages) yield rows.map(toLine).join('')
}

async function* toCsv(columns: readonly string[], pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  yield toCsvLine(columns)
  for await (const rows of pages) yield rows.map((row) => toCsvLine(columns.map((column) => row[column]))).join('')
}
