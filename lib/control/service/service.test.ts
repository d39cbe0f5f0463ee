import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestControl, type TestControl } from '../test-control.ts'
import { createService } from './create-service.ts'
import { deleteService } from './delete-service.ts'
import { getServicePosture } from './list-services.ts'
import { updateService } from './update-service.ts'
import { updateServiceSetting } from './update-service-setting.ts'

let control: TestControl
beforeAll(async () => {
  control = await createTestControl()
})
afterAll(() => control.database.close())

const lastEntry = () => control.database.prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })

describe('services', () => {
  it('come with their identity, an audit entry and a revision in every environment', async () => {
    const { ctx, operator, database } = control
    const service = await createService(ctx, operator, { slug: 'orders', name: 'Orders' })
    expect(service).toMatchObject({ slug: 'orders', name: 'Orders', version: 1 })
    expect(await database.prisma.identity.findUnique({ where: { clientId: 'orders' } })).toMatchObject({
      kind: 'service',
      serviceId: service.id,
    })
    const entry = await lastEntry()
    expect(entry).toMatchObject({
      action: 'service.create',
      actorName: 'Some operator',
      targetName: 'orders',
      before: null,
      after: { slug: 'orders' },
    })
    expect(await database.prisma.revision.findMany({ where: { auditEntryId: entry.id } })).toHaveLength(2)
  })

  it('are refused under a taken name, also in other case or Unicode form, with nothing written', async () => {
    const { ctx, operator, database } = control
    await createService(ctx, operator, { slug: 'cafe', name: 'Café ﬁn' })
    const before = await lastEntry()
    await expect(createService(ctx, operator, { slug: 'cafe', name: 'Other' })).rejects.toMatchObject({
      code: 'already-exists',
      errors: [{ pointer: '/slug' }],
    })
    await expect(createService(ctx, operator, { slug: 'cafe-two', name: 'CAFE\u0301 FIN' })).rejects.toMatchObject({
      code: 'already-exists',
      errors: [{ pointer: '/name' }],
    })
    expect(await database.prisma.identity.findUnique({ where: { clientId: 'cafe-two' } })).toBeNull()
    expect(await lastEntry()).toEqual(before)
  })

  it('are refused to viewers and under the name of the control plane', async () => {
    const { ctx, viewer, operator } = control
    await expect(createService(ctx, viewer, { slug: 'billing', name: 'Billing' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(createService(ctx, operator, { slug: 'stepgate', name: 'S' })).rejects.toMatchObject({
      code: 'invalid-value',
    })
  })

  it('change at the version that was read, and not at an older one', async () => {
    const { ctx, operator } = control
    const changed = await updateService(ctx, operator, 'orders', 1, { team: 'Checkout', name: 'Orders API' })
    expect(changed).toMatchObject({ version: 2, team: 'Checkout' })
    await expect(updateService(ctx, operator, 'orders', 1, { team: 'Other' })).rejects.toMatchObject({
      code: 'version-mismatch',
      presentVersion: 2,
    })
    expect(await lastEntry()).toMatchObject({
      action: 'service.update',
      before: { team: '' },
      after: { team: 'Checkout' },
    })
  })

  it('let one of two simultaneous changes through', async () => {
    const { ctx, operator } = control
    const { version } = await createService(ctx, operator, { slug: 'race', name: 'Race' })
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((team) => updateService(ctx, operator, 'race', version, { team })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'version-mismatch', presentVersion: version + 1 })
  })

  it('say what undeclared routes do, per environment', async () => {
    const { ctx, operator, viewer } = control
    const posture = await updateServiceSetting(ctx, operator, 'production', 'orders', 0, { undeclaredMode: 'log-only' })
    expect(posture).toMatchObject({ undeclaredMode: 'log-only', settingsVersion: 1 })
    expect(await getServicePosture(ctx, viewer, 'staging', 'orders')).toMatchObject({
      undeclaredMode: 'off',
      settingsVersion: 0,
    })
    await expect(
      updateServiceSetting(ctx, operator, 'production', 'orders', 0, { undeclaredMode: 'enforce' }),
    ).rejects.toMatchObject({ code: 'version-mismatch', presentVersion: 1 })
  })

  it('are deleted by administrators, once no instance is live', async () => {
    const { ctx, operator, administrator, database } = control
    const service = await createService(ctx, operator, { slug: 'old', name: 'Old' })
    const environment = await database.prisma.environment.findFirstOrThrow()
    const instance = await database.prisma.instance.create({
      data: {
        id: service.id,
        serviceId: service.id,
        environmentId: environment.id,
        startedAt: new Date(),
        lastSeenAt: new Date(),
      },
    })
    await expect(deleteService(ctx, operator, 'old', 1)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(deleteService(ctx, administrator, 'old', 1)).rejects.toMatchObject({ code: 'in-use' })
    await database.prisma.instance.delete({ where: { id: instance.id } })
    await deleteService(ctx, administrator, 'old', 1)
    expect(await database.prisma.identity.findUnique({ where: { clientId: 'old' } })).toBeNull()
    expect(await lastEntry()).toMatchObject({ action: 'service.delete', after: null })
  })
})
