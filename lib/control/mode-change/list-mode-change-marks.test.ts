import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ModeChangeMarkQuery } from '../../contract/endpoint.ts'
import { createEndpoint } from '../endpoint/create-endpoint.ts'
import { createService } from '../service/create-service.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { changeModes } from './change-modes.ts'
import { listModeChangeMarks } from './list-mode-change-marks.ts'

let control: TestControl
beforeAll(async () => {
  control = await createTestControl()
  for (const slug of ['orders', 'payments']) await createService(control.ctx, control.operator, { slug, name: slug })
})
afterAll(() => control.database.close())

async function newEndpoint(serviceSlug: string, environment = 'production'): Promise<string> {
  const route = `/${randomUUID()}`
  const { id } = await createEndpoint(control.ctx, control.operator, environment, {
    serviceSlug,
    method: 'GET',
    route,
    rule: null,
  })
  return id
}

const change = (environment: string, endpointIds: readonly string[]) =>
  changeModes(control.ctx, control.operator, environment, {
    changes: endpointIds.map((endpointId) => ({ endpointId, mode: 'log-only' })),
    reason: 'To see what happens',
  })
const list = (query: Record<string, unknown> = {}, environment = 'production') =>
  listModeChangeMarks(control.ctx, control.viewer, environment, ModeChangeMarkQuery.parse(query))

describe('mode changes of a window', () => {
  it('say what was changed, by whom, when and why, and keep to their environment', async () => {
    const endpointId = await newEndpoint('orders', 'staging')
    const { revision } = await change('staging', [endpointId])
    const { items } = await list({}, 'staging')
    expect(items).toMatchObject([
      {
        endpointId,
        serviceSlug: 'orders',
        method: 'GET',
        from: { mode: 'off', percent: 100 },
        to: { mode: 'log-only', percent: 100 },
        actorName: control.operator.name,
        reason: 'To see what happens',
        revision,
      },
    ])
    expect((await list()).items).toEqual([])
  })

  it('are those of a service, an endpoint or a time, newest first and page by page', async () => {
    const [one, two, three] = [
      await newEndpoint('orders'),
      await newEndpoint('payments'),
      await newEndpoint('payments'),
    ]
    await change('production', [one])
    await change('production', [two, three])
    const ids = async (query: Record<string, unknown>) => (await list(query)).items.map(({ endpointId }) => endpointId)
    expect(await ids({ service: 'orders' })).toEqual([one])
    expect((await ids({ service: 'payments' })).sort()).toEqual([two, three].sort())
    expect(await ids({ endpoint: three })).toEqual([three])
    expect(await ids({ endpoint: randomUUID() })).toEqual([])
    expect(await ids({ to: new Date(Date.now() - 60_000).toISOString() })).toEqual([])

    const first = await list({ limit: 2 })
    const second = await list({ limit: 2, cursor: first.nextCursor })
    expect(first.items).toHaveLength(2)
    expect(second.nextCursor).toBeNull()
    expect([...first.items, ...second.items].map(({ endpointId }) => endpointId)).toEqual(await ids({}))
    expect(second.items.map(({ endpointId }) => endpointId)).toEqual([one])
  })

  it('are asked for a month at most', async () => {
    const query = { from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }
    await expect(list(query)).rejects.toMatchObject({ code: 'invalid-request', errors: [{ pointer: 'query/from' }] })
  })
})
