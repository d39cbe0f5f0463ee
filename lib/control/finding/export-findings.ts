import type { z } from 'zod'
import { LeastPrivilegeQuery, LifetimeQuery, StalledQuery, type FindingExportQuery } from '../../contract/findings.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { toCsvLine } from '../to-csv.ts'
import { FINDING_COLUMNS, toLifetimeRow, toRow, type FindingRow } from './finding-rows.ts'
import { listSharedCredentials } from './list-shared-credentials.ts'
import { readLeastPrivilege } from './read-least-privilege.ts'
import { readLifetimes } from './read-lifetimes.ts'
import { readStalled } from './read-stalled.ts'

type Query = z.output<typeof FindingExportQuery>
interface Question {
  readonly ctx: ControlContext
  readonly actor: Actor
  readonly environmentSlug: string
  readonly query: Query
}

/** Findings of one kind, a row each; asked before anything is sent, so that a refusal is one. */
export async function exportFindings(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: Query,
): Promise<AsyncIterable<string>> {
  requireRole(actor, 'viewer')
  const rows = await readRows({ ctx, actor, environmentSlug, query })
  return query.format === 'csv' ? toCsv(FINDING_COLUMNS[query.kind], rows) : toLines(rows)
}

async function readRows(question: Question): Promise<FindingRow[]> {
  const { ctx, actor, environmentSlug, query } = question
  switch (query.kind) {
    case 'lifetimes':
      return readLifetimeRows(question)
    case 'shared-credentials':
      return (await listSharedCredentials(ctx, actor, environmentSlug, {}, Infinity)).items.map((item) =>
        toRow('shared-credentials', item),
      )
    case 'stalled-endpoints':
    case 'silent-services':
      return readStalledRows(question, query.kind)
    default:
      return readPrivilegeRows(question, query.kind)
  }
}

const toWindow = ({ days, service }: Query) => ({
  ...(days === undefined ? {} : { days }),
  ...(service === undefined ? {} : { service }),
})

async function readLifetimeRows({ ctx, actor, environmentSlug, query }: Question): Promise<FindingRow[]> {
  const rows: FindingRow[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Awaited<ReturnType<typeof readLifetimes>> = await readLifetimes(
      ctx,
      actor,
      environmentSlug,
      parseInput(LifetimeQuery, { ...toWindow(query), limit: 500, ...(cursor === '' ? {} : { cursor }) }, 'query'),
    )
    rows.push(...page.items.flatMap(toLifetimeRow))
    cursor = page.nextCursor
  }
  return rows
}

const PRIVILEGE_LISTS = {
  'unused-grants': 'unusedGrants',
  'narrow-grants': 'narrowGrants',
  'unruled-endpoints': 'unruledEndpoints',
  'wide-rules': 'wideRules',
} as const

async function readPrivilegeRows(
  { ctx, actor, environmentSlug, query }: Question,
  kind: keyof typeof PRIVILEGE_LISTS,
): Promise<FindingRow[]> {
  const found = await readLeastPrivilege(
    ctx,
    actor,
    environmentSlug,
    parseInput(LeastPrivilegeQuery, toWindow(query), 'query'),
    Infinity,
  )
  return found[PRIVILEGE_LISTS[kind]].items.map((item) => toRow(kind, item))
}

async function readStalledRows(
  { ctx, actor, environmentSlug, query }: Question,
  kind: 'stalled-endpoints' | 'silent-services',
): Promise<FindingRow[]> {
  const asked = parseInput(StalledQuery, toWindow(query), 'query')
  const stalled = await readStalled(ctx, actor, environmentSlug, asked, Infinity)
  const items = kind === 'silent-services' ? stalled.services.items : stalled.endpoints.items
  return items.map((item) => toRow(kind, item))
}

async function* toLines(rows: readonly FindingRow[]): AsyncGenerator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}

async function* toCsv(columns: readonly string[], rows: readonly FindingRow[]): AsyncGenerator<string> {
  yield toCsvLine(columns)
  for (const row of rows) yield toCsvLine(columns.map((column) => row[column]))
}
