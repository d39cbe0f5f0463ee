import { z } from 'zod'
import type { Sample, SampleDetail, SampleQuery } from '../../contract/decisions.ts'
import { toCaller } from '../../evidence/caller.ts'
import type { SampleRow } from '#lib/store/decisions/read-samples.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { toDecisionWindow } from './decision-window.ts'

const LIST = 'samples'

/** Single decisions, newest first. */
export async function listSamples(
  { decisions }: Pick<DecisionContext, 'decisions'>,
  actor: Actor,
  environmentId: string,
  query: z.output<typeof SampleQuery>,
): Promise<Page<z.input<typeof Sample>>> {
  requireRole(actor, 'viewer')
  const keys = parseCursor(LIST, query.cursor, z.iso.datetime(), z.uuid())
  const after = keys === undefined ? null : { at: new Date(keys[0]), id: keys[1] }
  const rows = await decisions.samples.search(
    { ...query, ...toDecisionWindow(query), environmentId },
    after,
    query.limit + 1,
  )
  return toPage(rows, query.limit, toSample, (row) => toCursor(LIST, row.at.toISOString(), row.id))
}

/** One decision with every check that was evaluated. */
export async function getSample(
  { decisions }: Pick<DecisionContext, 'decisions'>,
  actor: Actor,
  environmentId: string,
  id: string,
): Promise<z.input<typeof SampleDetail>> {
  requireRole(actor, 'viewer')
  const row = await decisions.samples.find(environmentId, id)
  if (row === null)
    throw new ControlError(
      'not-found',
      'There is no decision of this id here. Details are kept for a bounded number of decisions.',
    )
  return {
    ...toSample(row),
    issuer: row.issuer,
    scopes: row.scopes,
    subject: row.subject,
    actors: row.actors,
    tokenId: row.tokenId,
    tokenAgeSeconds: row.tokenAgeSeconds,
    address: row.address,
    userAgent: row.userAgent,
    device: row.device,
    context: row.context,
    revision: row.revision,
    instanceId: row.instanceId,
    checks: row.checks,
  }
}

const toSample = (row: SampleRow): z.input<typeof Sample> => ({
  id: row.id,
  at: row.at.toISOString(),
  serviceSlug: row.serviceSlug,
  endpointId: row.endpointId,
  method: row.method,
  route: row.route,
  path: row.path,
  mode: row.mode,
  outcome: row.outcome,
  reason: row.reason,
  caller: toCaller(row.callerKind, row.caller, row.callerHint),
  callerKind: row.callerKind,
  missingScopes: row.missingScopes,
  replayed: row.replayed,
})
