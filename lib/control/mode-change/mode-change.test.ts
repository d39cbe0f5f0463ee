import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModeChangeRequest } from '../../contract/endpoint.ts'
import type { z } from 'zod'
import { readUnforeseenDenials } from '#lib/store/decisions/read-unforeseen-denials.ts'
import { readDecisionSeries } from '../decision/read-decision-series.ts'
import { readOverview } from '../decision/read-overview.ts'
import { readDecisionTop } from '../decision/read-decision-top.ts'
import { getEnvironmentId, getEnvironmentRow } from '../environment/get-environment.ts'
import { createEndpoint } from '../endpoint/create-endpoint.ts'
import { getEndpoint } from '../endpoint/list-endpoints.ts'
import { updateEndpoint } from '../endpoint/update-endpoint.ts'
import { createScope } from '../scope/create-scope.ts'
import { createService } from '../service/create-service.ts'
import { systemActor } from '../actor.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { changeModes } from './change-modes.ts'
import { compareForecast } from './compare-forecast.ts'
import { listModeChanges } from './list-mode-changes.ts'
import { previewModeChange } from './preview-mode-change.ts'
import { undoModeChange } from './undo-mode-change.ts'
import { undoUnforeseenChanges } from './undo-unforeseen-changes.ts'

type Changes = z.input<typeof ModeChangeRequest>['changes']

let control: TestControl
let prisma: TestControl['database']['prisma']
beforeAll(async () => {
  control = await createTestControl()
  prisma = control.database.prisma
  await createService(control.ctx, control.operator, { slug: 'orders', name: 'Orders' })
  await createScope(control.ctx, control.operator, { serviceSlug: 'orders', name: 'orders:read' })
})
afterAll(() => control.database.close())

let routes = 0
async function newEndpoint(environment = 'production'): Promise<string> {
  const rule = { access: 'token' as const, requirements: [{ kind: 'scopes' as const, allOf: ['orders:read'] }] }
  return (
    await createEndpoint(control.ctx, control.operator, environment, {
      serviceSlug: 'orders',
      method: 'GET',
      route: `/r${++routes}`,
      rule,
    })
  ).id
}

/** Seven requests of a caller, without the scope unless they are allowed, as an instance would have reported them. */
async function recordDenials(
  endpointId: string,
  caller: string,
  outcome: 'allowed' | 'would-deny' | 'denied' = 'would-deny',
): Promise<void> {
  const { pool } = control.database
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO decision_signature (environment_id, service_id, method, route, mode, outcome, reason, caller_kind, caller, scopes, missing_scopes, sender, evaluated, hash, first_at, last_at)
     SELECT environment_id, service_id, method, route, mode, $2, CASE WHEN $2 <> 'allowed' THEN 'scope-missing' END, 'service', $3,
       CASE WHEN $2 = 'allowed' THEN '{orders:read}'::text[] ELSE '{}' END, CASE WHEN $2 = 'allowed' THEN '{}'::text[] ELSE '{orders:read}' END,
       'none', true, sha256($4), now(), now() FROM endpoint WHERE id = $1 RETURNING id`,
    [endpointId, outcome, caller, Buffer.from(randomUUID())],
  )
  for (const [table, unit] of [
    ['decision_hour', 'hour'],
    ['decision_minute', 'minute'],
  ]) {
    await pool.query(
      `INSERT INTO ${table} (signature_id, bucket, count) VALUES ($1, date_trunc('${unit}', now()), 7)`,
      [rows[0]?.id],
    )
  }
}

const change = (input: z.input<typeof ModeChangeRequest>) =>
  changeModes(control.ctx, control.operator, 'production', input)
const preview = async (changes: Changes) =>
  (await previewModeChange(control.ctx, control.viewer, 'production', { changes })).token
const accepted = { acceptDenials: true, reason: 'Agreed with the callers' }
const gateOf = async (id: string) => {
  const { mode, percent } = await getEndpoint(control.ctx, control.viewer, 'production', id)
  return `${mode} ${percent}`
}

describe('lowering a gate', () => {
  it('shows who would be denied, and keeps the forecast with the change', async () => {
    const endpointId = await newEndpoint()
    await change({ changes: [{ endpointId, mode: 'log-only' }] })
    await recordDenials(endpointId, 'billing')
    const changes: Changes = [{ endpointId, mode: 'enforce' }]
    const shown = await previewModeChange(control.ctx, control.viewer, 'production', { changes })
    expect(shown).toMatchObject({
      totals: { endpoints: 1, notReady: 1, wouldDeny: 7, deniedCallers: 1 },
      items: [{ deniedCallers: [{ caller: { name: 'billing' } }] }],
    })
    await expect(change({ changes, previewToken: shown.token })).rejects.toMatchObject({
      code: 'invalid-value',
      errors: [{ pointer: '/acceptDenials' }, { pointer: '/reason' }],
    })
    const { revision } = await change({ changes, previewToken: shown.token, ...accepted })
    await recordDenials(endpointId, 'legacy', 'denied')
    const { items } = await listModeChanges(control.ctx, control.viewer, 'production', endpointId, { limit: 10 })
    expect(items[0]).toMatchObject({
      revision,
      forecast: { requests: 7, wouldDeny: 7, callers: [{ caller: { name: 'billing' }, wouldDeny: 7 }] },
      // Of the minute in which the mode changed what was decided in the new one, and not what billing did before.
      actual: { requests: 7, denied: 7, unforeseen: [{ caller: { name: 'legacy' }, denied: 7 }] },
    })
    expect(items[1]).toMatchObject({ forecast: null, actual: null })
  })

  it('further is foreseen by the steps before it as well', async () => {
    const endpointId = await newEndpoint()
    await change({ changes: [{ endpointId, mode: 'log-only' }] })
    await recordDenials(endpointId, 'billing')
    for (const percent of [99, 100]) {
      const changes: Changes = [{ endpointId, mode: 'enforce', percent }]
      await change({ changes, previewToken: await preview(changes), ...accepted })
    }
    await prisma.modeChange.updateMany({ where: { endpointId }, data: { at: new Date(Date.now() - 120_000) } })
    await recordDenials(endpointId, 'billing', 'denied')
    await recordDenials(endpointId, 'legacy', 'denied')
    const { items } = await listModeChanges(control.ctx, control.viewer, 'production', endpointId, { limit: 10 })
    const inAll = items.map(({ forecast }) => forecast?.callers.map(({ caller }) => caller.name) ?? null)
    expect(inAll).toEqual([[], ['billing'], null])
    expect(items[0]?.actual?.unforeseen).toMatchObject([{ caller: { name: 'legacy' } }])
    const environmentId = await getEnvironmentId(control.database.prisma, 'production')
    const denials = await readUnforeseenDenials(control.database.pool, environmentId)
    expect(denials.filter((denial) => denial.endpointId === endpointId)).toMatchObject([
      { callerKey: 'service:legacy' },
    ])
  })

  it('is compared with what comes since, caller by caller', async () => {
    const endpointId = await newEndpoint()
    const compare = async () =>
      (await compareForecast(control.ctx, control.viewer, 'production', endpointId)).comparison
    await change({ changes: [{ endpointId, mode: 'log-only' }] })
    await recordDenials(endpointId, 'billing')
    await recordDenials(endpointId, 'web', 'allowed')
    expect(await compare()).toBeNull()
    const changes: Changes = [{ endpointId, mode: 'enforce' }]
    await change({ changes, previewToken: await preview(changes), ...accepted })
    await recordDenials(endpointId, 'billing', 'denied')
    // However much the others send, billing's share is what it was.
    expect(await compare()).toMatchObject({
      ...{ requests: 7, denied: 7, forecast: 7, verdict: 'as-forecast' },
      callers: [{ caller: { name: 'billing' }, requests: 7, denied: 7, forecast: 7, isForeseen: true }],
    })
    await recordDenials(endpointId, 'legacy', 'denied')
    for (let times = 0; times < 3; times++) await recordDenials(endpointId, 'billing', 'allowed')
    const compared = await compare()
    expect(compared).toMatchObject({
      ...{ requests: 35, denied: 14, forecast: 28, verdict: 'fewer-denied' },
      callers: [
        { caller: { name: 'billing' }, requests: 28, denied: 7, forecast: 28, isForeseen: true },
        { caller: { name: 'legacy' }, requests: 7, denied: 7, forecast: 0, isForeseen: false },
      ],
    })
    // Without what the callers sent, as the first changes were stored.
    const newest = { where: { endpointId }, orderBy: { id: 'desc' } } as const
    const { id, forecast } = await prisma.modeChange.findFirstOrThrow(newest)
    const stored = JSON.parse(JSON.stringify(forecast)) as { callers: { requests?: number }[] }
    for (const caller of stored.callers) delete caller.requests
    await prisma.modeChange.update({ where: { id }, data: { forecast: stored } })
    expect(await compare()).toMatchObject({ forecast: 28, verdict: 'fewer-denied' })
    const lines = compared?.decided.series.map(({ key, counts }) => [key, counts.reduce((sum, count) => sum + count)])
    expect(lines).toEqual([
      ['requests', 35],
      ['denied', 14],
      ['forecast', 28],
    ])
    await change({ changes: [{ endpointId, mode: 'log-only' }], reason: 'Later' })
    expect(await compare()).toBeNull()
  })

  it('for a percent of callers denies those in it alone', async () => {
    const endpointId = await newEndpoint()
    for (const caller of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await recordDenials(endpointId, caller)
    const { items } = await previewModeChange(control.ctx, control.viewer, 'production', {
      changes: [{ endpointId, mode: 'enforce', percent: 50 }],
    })
    const [item] = items
    const inside = item?.evidence.callers
      .filter(({ bucketPercent }) => (bucketPercent ?? 100) < 50)
      .map(({ caller }) => caller.name)
    expect(item?.deniedCallers.map(({ caller }) => caller.name)).toEqual(inside)
    expect(inside?.length).toBeLessThan(8)
  })

  it.each([
    ['without a preview', async () => undefined],
    ['with a token that is not ours', async () => 'eyJlbnZpcm9ubWVudCI6InByb2R1Y3Rpb24ifQ.c2lnbmF0dXJl'],
    [
      'with the preview of another percent',
      (endpointId: string) => preview([{ endpointId, mode: 'enforce', percent: 10 }]),
    ],
    [
      'with the preview of more endpoints',
      async (endpointId: string) =>
        preview([
          { endpointId, mode: 'enforce' },
          { endpointId: await newEndpoint(), mode: 'enforce' },
        ]),
    ],
    [
      'after the rule changed',
      async (endpointId: string) => {
        const token = await preview([{ endpointId, mode: 'enforce' }])
        await updateEndpoint(control.ctx, control.operator, 'production', endpointId, 1, { rule: null })
        return token
      },
    ],
    [
      'after another caller would be denied',
      async (endpointId: string) => {
        const token = await preview([{ endpointId, mode: 'enforce' }])
        await recordDenials(endpointId, 'newcomer')
        return token
      },
    ],
  ])('is refused %s', async (_name, tokenFor) => {
    const endpointId = await newEndpoint()
    const previewToken = await tokenFor(endpointId)
    const entries = await prisma.auditEntry.count()
    const changes: Changes = [{ endpointId, mode: 'enforce' }]
    await expect(
      change({ changes, ...accepted, ...(previewToken === undefined ? {} : { previewToken }) }),
    ).rejects.toMatchObject({ code: 'evidence-required' })
    expect(await prisma.auditEntry.count()).toBe(entries)
    expect(await gateOf(endpointId)).toBe('off 100')
  })

  it('is refused with a preview of another environment, and one that has expired', async () => {
    const endpointId = await newEndpoint('staging')
    const { token } = await previewModeChange(control.ctx, control.viewer, 'staging', {
      changes: [{ endpointId, mode: 'enforce' }],
    })
    const here = await newEndpoint()
    await expect(
      change({ changes: [{ endpointId: here, mode: 'enforce' }], previewToken: token, ...accepted }),
    ).rejects.toMatchObject({ code: 'evidence-required' })
    const { readPreview } = await import('./preview-token.ts')
    expect(readPreview(control.ctx.previewKey, token, new Date())).not.toBeNull()
    expect(readPreview(control.ctx.previewKey, token, new Date(Date.now() + 10 * 60_000))).toBeNull()
    expect(readPreview(Buffer.alloc(32, 9), token, new Date())).toBeNull()
  })

  it('changes all endpoints or none, under one revision, with an audit entry each', async () => {
    const ids = await Promise.all([newEndpoint(), newEndpoint(), newEndpoint()])
    const changes: Changes = ids.map((endpointId) => ({ endpointId, mode: 'enforce', percent: 5 }))
    const previewToken = await preview(changes)
    const entries = await prisma.auditEntry.count()
    await expect(
      change({ changes: [...changes, { endpointId: randomUUID(), mode: 'enforce' }], previewToken, ...accepted }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/changes/3/endpointId' }] })
    const { revision, changed, endpoints } = await change({ changes: changes.toReversed(), previewToken, ...accepted })
    expect({ changed, modes: endpoints.map(({ mode, percent }) => `${mode} ${percent}`) }).toEqual({
      changed: 3,
      modes: ['enforce 5', 'enforce 5', 'enforce 5'],
    })
    expect(await prisma.auditEntry.count()).toBe(entries + 3)
    expect(await prisma.modeChange.count({ where: { revision } })).toBe(3)
    const audited = await prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(audited).toMatchObject({
      action: 'endpoint.change-mode',
      before: { mode: 'off' },
      after: { mode: 'enforce', percent: 5 },
      reason: accepted.reason,
    })
  })
})

describe('raising a gate', () => {
  const enforced = async (percent = 100) => {
    const endpointId = await newEndpoint()
    const changes: Changes = [{ endpointId, mode: 'enforce', percent }]
    const { revision } = await change({ changes, previewToken: await preview(changes), ...accepted })
    return { endpointId, revision }
  }

  it('needs a reason and nothing else', async () => {
    const { endpointId } = await enforced()
    for (const [mode, percent] of [
      ['enforce', 40],
      ['log-only', 100],
    ] as const) {
      await expect(change({ changes: [{ endpointId, mode, percent }] })).rejects.toMatchObject({
        errors: [{ pointer: '/reason' }],
      })
      await change({ changes: [{ endpointId, mode, percent }], reason: 'A caller broke' })
      expect(await gateOf(endpointId)).toBe(`${mode} ${percent}`)
    }
  })

  it('by undo puts back what nobody touched since, once', async () => {
    const { endpointId, revision } = await enforced(20)
    const undone = await undoModeChange(control.ctx, control.operator, 'production', { revision })
    expect(undone).toMatchObject({ changed: 1, endpoints: [{ id: endpointId, mode: 'off' }] })
    await expect(undoModeChange(control.ctx, control.operator, 'production', { revision })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(undoModeChange(control.ctx, control.operator, 'production', { revision: 1 })).rejects.toMatchObject({
      errors: [{ pointer: '/revision' }],
    })
    await expect(undoModeChange(control.ctx, control.operator, 'staging', { revision })).rejects.toMatchObject({
      code: 'invalid-value',
    })
  })

  it('is undone without a new preview only for a while', async () => {
    const { endpointId } = await enforced()
    const raised = await change({ changes: [{ endpointId, mode: 'log-only' }], reason: 'By mistake' })
    await prisma.modeChange.updateMany({
      where: { revision: raised.revision },
      data: { at: new Date(Date.now() - 16 * 60_000) },
    })
    await expect(
      undoModeChange(control.ctx, control.operator, 'production', { revision: raised.revision }),
    ).rejects.toMatchObject({ code: 'evidence-required' })
    await prisma.modeChange.updateMany({ where: { revision: raised.revision }, data: { at: new Date() } })
    await undoModeChange(control.ctx, control.operator, 'production', { revision: raised.revision })
    expect(await gateOf(endpointId)).toBe('enforce 100')
  })

  it('is refused to viewers', async () => {
    await expect(
      changeModes(control.ctx, control.viewer, 'production', { changes: [{ endpointId: randomUUID(), mode: 'off' }] }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await expect(undoModeChange(control.ctx, control.viewer, 'production', { revision: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('a change that undoes itself', () => {
  const worker = systemActor('worker')
  const undo = () => undoUnforeseenChanges(control.ctx, worker)
  const lower = async (endpointId: string, undoFromDenials: number | null, percent = 100) => {
    const changes: Changes = [{ endpointId, mode: 'enforce', percent }]
    return change({ changes, previewToken: await preview(changes), ...accepted, undoFromDenials })
  }
  const armed = async (undoFromDenials: number | null) => {
    const endpointId = await newEndpoint()
    await change({ changes: [{ endpointId, mode: 'log-only' }] })
    await recordDenials(endpointId, 'billing')
    return { endpointId, ...(await lower(endpointId, undoFromDenials)) }
  }
  const listChanges = async (endpointId: string) =>
    (await listModeChanges(control.ctx, control.viewer, 'production', endpointId, { limit: 10 })).items

  it('stays while those alone are denied whom the forecast names, and goes back for somebody else', async () => {
    const { endpointId, revision } = await armed(7)
    await recordDenials(endpointId, 'billing', 'denied')
    expect(await undo()).toEqual([])
    await recordDenials(endpointId, 'legacy', 'denied')
    const [undone] = await undo()
    expect(undone).toBeGreaterThan(revision)
    expect(await gateOf(endpointId)).toBe('log-only 100')
    const reason = `Undo of revision ${revision} by itself: no forecast names legacy (7 requests), denied since.`
    expect(await listChanges(endpointId)).toMatchObject([
      { isAutomatic: true, undoFromDenials: null, revision: undone, actorName: 'worker', reason },
      { isAutomatic: false, undoFromDenials: 7, revision },
      {},
    ])
    expect(await prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })).toMatchObject({
      action: 'endpoint.undo-mode-change',
      actorKind: 'system',
      targetId: endpointId,
      reason,
    })
    const environment = await getEnvironmentRow(prisma, 'production')
    expect(environment.revision).toBe(undone)
    const { attention } = await readOverview(control.ctx, control.viewer, environment)
    expect(attention.filter(({ kind }) => kind === 'undone-by-itself')).toMatchObject([{ detail: reason }])
  })

  it.each([
    ['that was not asked to', null],
    ['before the caller was denied so often', 8],
  ])('does not, %s', async (_name, undoFromDenials) => {
    const { endpointId } = await armed(undoFromDenials)
    await recordDenials(endpointId, 'legacy', 'denied')
    expect(await undo()).toEqual([])
    expect(await gateOf(endpointId)).toBe('enforce 100')
  })

  it('is undone once, however many workers look', async () => {
    const { endpointId } = await armed(1)
    await recordDenials(endpointId, 'legacy', 'denied')
    const entries = await prisma.auditEntry.count()
    const revisions = await Promise.all([undo(), undo(), undo(), undo()])
    expect(revisions.flat()).toHaveLength(1)
    expect(await undo()).toEqual([])
    expect(await prisma.auditEntry.count()).toBe(entries + 1)
    expect(await listChanges(endpointId)).toHaveLength(3)
  })

  it('leaves alone what a person changed since, and what a person lowered again', async () => {
    const { endpointId } = await armed(1)
    await recordDenials(endpointId, 'legacy', 'denied')
    await change({ changes: [{ endpointId, mode: 'enforce', percent: 60 }], reason: 'To look closer' })
    expect(await undo()).toEqual([])
    expect(await gateOf(endpointId)).toBe('enforce 60')
    const again = await armed(1)
    await recordDenials(again.endpointId, 'legacy', 'denied')
    expect(await undo()).toHaveLength(1)
    // Now the evidence names legacy, so that lowering again foresees it.
    await lower(again.endpointId, 1)
    expect(await undo()).toEqual([])
    expect(await gateOf(again.endpointId)).toBe('enforce 100')
  })

  it('goes back to the percent before, endpoint by endpoint', async () => {
    const ids = [await newEndpoint(), await newEndpoint()] as const
    for (const percent of [1, 100]) {
      const changes: Changes = ids.map((endpointId) => ({ endpointId, mode: 'enforce', percent }))
      await change({ changes, previewToken: await preview(changes), ...accepted, undoFromDenials: 1 })
    }
    await recordDenials(ids[0], 'legacy', 'denied')
    expect(await undo()).toHaveLength(1)
    expect([await gateOf(ids[0]), await gateOf(ids[1])]).toEqual(['enforce 1', 'enforce 100'])
  })

  it('is nothing a viewer may do', async () => {
    await expect(undoUnforeseenChanges(control.ctx, control.viewer)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('denials', () => {
  it('stay on every chart when the mode changes', async () => {
    const endpointId = await newEndpoint()
    await recordDenials(endpointId, 'legacy', 'denied')
    const environmentId = await getEnvironmentId(control.database.prisma, 'production')
    const look = async () => {
      const charts = (['outcome', 'reason', 'endpoint', 'caller'] as const).map(async (by) => {
        const { series } = await readDecisionSeries(control.ctx, control.viewer, environmentId, {
          by,
          endpoint: endpointId,
        })
        return series.map(({ key, counts }) => [key, counts.reduce((sum, count) => sum + count, 0)])
      })
      const { items } = await readDecisionTop(control.ctx, control.viewer, environmentId, {
        by: 'endpoint',
        endpoint: endpointId,
        limit: 1,
      })
      return [await Promise.all(charts), items.map(({ denied }) => denied)]
    }
    const before = await look()
    expect(before).toEqual([[[['denied', 7]], [['scope-missing', 7]], [[endpointId, 7]], [['service:legacy', 7]]], [7]])
    for (const mode of ['log-only', 'off'] as const) {
      await change({ changes: [{ endpointId, mode }], reason: 'To look closer' })
      expect(await look()).toEqual(before)
    }
  })
})
