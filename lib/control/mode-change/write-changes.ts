import type { Prisma } from '#lib/store/generated/client.ts'
import type { Actor } from '../actor.ts'
import { appendAuditEntries } from '../audit/append-audit-entry.ts'
import type { Tx } from '../context.ts'
import { endpointName } from '../endpoint/audited-endpoint.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { toStoredMode } from '../stored-mode.ts'
import type { Gate } from './classify-change.ts'
import type { ForecastChange } from './forecast-change.ts'
import type { PlannedChange } from './load-changes.ts'

/** A change, with what was forecast where it lowers a gate. */
export type ModeChangeToWrite = PlannedChange & Partial<Pick<ForecastChange, 'evidence' | 'deniedCallers'>>

interface Writing {
  readonly actor: Actor
  readonly environment: { readonly id: string; readonly slug: string }
  readonly action: 'endpoint.change-mode' | 'endpoint.undo-mode-change'
  readonly reason: string
  /** Of changes that lower a gate: denials of an unforeseen caller at which they are undone. */
  readonly undoFromDenials?: number | null
  /** Nobody asked for it at this moment. */
  readonly isAutomatic?: boolean
}

/** Endpoints, audit entries, revision and the changes themselves, with what was forecast for each. */
export async function writeChanges(tx: Tx, writing: Writing, changes: readonly ModeChangeToWrite[]): Promise<number> {
  await updateEndpoints(tx, changes)
  const [auditEntryId] = await appendAuditEntries(
    tx,
    changes.map((change) => toAuditRecord(writing, change)),
  )
  const { number } = await publishRevision(tx, {
    environmentId: writing.environment.id,
    summary: summaryOf(changes),
    actorName: writing.actor.name,
    ...(auditEntryId === undefined ? {} : { auditEntryId }),
  })
  await tx.modeChange.createMany({ data: changes.map((change) => toRow(writing, number, change)) })
  return number
}

/** One statement for each target; there are few, however many endpoints. */
async function updateEndpoints(tx: Tx, changes: readonly PlannedChange[]): Promise<void> {
  for (const group of Map.groupBy(changes, ({ to }) => `${to.mode} ${to.percent}`).values()) {
    const [first] = group
    if (!first) continue
    await tx.endpoint.updateMany({
      where: { id: { in: group.map(({ endpoint }) => endpoint.id) } },
      data: { mode: toStoredMode(first.to.mode), percent: first.to.percent, version: { increment: 1 } },
    })
  }
}

const toAuditRecord = ({ actor, environment, action, reason }: Writing, { endpoint, from, to }: PlannedChange) => ({
  actor,
  action,
  environment: environment.slug,
  target: { kind: 'endpoint', id: endpoint.id, name: endpointName(endpoint) },
  before: from,
  after: to,
  reason,
})

const toRow = (
  { actor, environment, reason, undoFromDenials = null, isAutomatic = false }: Writing,
  revision: number,
  change: ModeChangeToWrite,
): Prisma.ModeChangeCreateManyInput => ({
  environmentId: environment.id,
  endpointId: change.endpoint.id,
  revision,
  fromMode: toStoredMode(change.from.mode),
  fromPercent: change.from.percent,
  toMode: toStoredMode(change.to.mode),
  toPercent: change.to.percent,
  forecast: toForecast(change),
  reason,
  actorName: actor.name,
  undoFromDenials: change.kind === 'lowering' ? undoFromDenials : null,
  isAutomatic,
})

/** Empty where nothing was forecast: going back, and undoing. */
function toForecast({
  evidence,
  deniedCallers = [],
}: Omit<ModeChangeToWrite, keyof PlannedChange>): Prisma.InputJsonObject {
  if (!evidence) return {}
  return {
    requests: evidence.requests,
    wouldDeny: evidence.wouldDeny,
    windowHours: evidence.windowHours,
    callers: deniedCallers.map(({ caller, requests, wouldDeny }) => ({ caller, requests, wouldDeny })),
  }
}

function summaryOf(changes: readonly PlannedChange[]): string {
  const [first] = changes
  if (!first) return 'Change modes'
  const targets = new Set(changes.map(({ to }) => describeGate(to)))
  const target = targets.size === 1 ? describeGate(first.to) : 'several modes'
  return changes.length === 1 ? `${endpointName(first.endpoint)}: ${target}` : `${changes.length} endpoints: ${target}`
}

export const describeGate = ({ mode, percent }: Gate): string =>
  mode === 'enforce' && percent < 100 ? `enforce for ${percent} % of callers` : mode
