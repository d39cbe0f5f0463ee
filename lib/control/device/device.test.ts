import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEndpoint } from '../endpoint/create-endpoint.ts'
import { createIdentity } from '../identity/create-identity.ts'
import { deleteIdentity } from '../identity/delete-identity.ts'
import { deleteIssuer } from '../issuer/delete-issuer.ts'
import { createService } from '../service/create-service.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { acceptDevice } from './accept-device.ts'
import { listDevices } from './list-devices.ts'
import { removeDevice } from './remove-device.ts'

const PHONE = 'fp:0123456789abcdefghijkl'
const SERVER = 'instance:0123456789abcdef'

let control: TestControl
let prisma: TestControl['database']['prisma']
beforeAll(async () => {
  control = await createTestControl()
  prisma = control.database.prisma
  const { ctx, operator } = control
  for (const slug of ['orders', 'payments']) await createService(ctx, operator, { slug, name: slug })
  await createIdentity(ctx, operator, { clientId: 'partner', name: 'Partner' })
  const rule = { access: 'token' as const, requirements: [{ kind: 'known-device' as const }] }
  await createEndpoint(ctx, operator, 'production', { serviceSlug: 'orders', method: 'GET', route: '/o', rule })
})
afterAll(() => control.database.close())

const accept = (caller: string, device: string, note = '') =>
  acceptDevice(control.ctx, control.operator, 'production', { caller, device, note })
const list = async (caller?: string) =>
  (
    await listDevices(control.ctx, control.viewer, 'production', {
      limit: 50,
      ...(caller === undefined ? {} : { caller }),
    })
  ).items
const snapshotOf = async (service: string) => {
  const row = await prisma.serviceSnapshot.findFirstOrThrow({
    where: { service: { slug: service }, environment: { slug: 'production' } },
    orderBy: { revision: 'desc' },
  })
  return JSON.parse(row.body) as { knownDevices: { caller: string; devices: string[] }[] }
}
const lastEntry = () => prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })

describe('a device', () => {
  it('is accepted for a caller, told to services that ask for one, and to no others', async () => {
    await accept('partner', PHONE, 'Ada’s phone')
    await accept('orders', SERVER)
    await accept('partner', SERVER)
    expect((await list('partner')).map(({ device, note, acceptedBy }) => [device, note, acceptedBy])).toEqual([
      [SERVER, '', control.operator.name],
      [PHONE, 'Ada’s phone', control.operator.name],
    ])
    expect((await snapshotOf('orders')).knownDevices).toEqual([
      { caller: 'orders', devices: [SERVER] },
      { caller: 'partner', devices: [PHONE, SERVER] },
    ])
    expect((await snapshotOf('payments')).knownDevices).toEqual([])
  })

  it('is accepted once, however often one says so', async () => {
    const first = await accept('partner', PHONE)
    const entries = await prisma.auditEntry.count()
    expect(await accept('partner', PHONE, 'another name')).toEqual(first)
    expect(await prisma.auditEntry.count()).toBe(entries)
  })

  it('leaves an entry that is the identity’s, and is taken back', async () => {
    const device = 'key:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
    const { id } = await accept('partner', device)
    expect(await lastEntry()).toMatchObject({ action: 'device.accept', targetName: `partner: ${device}` })
    await removeDevice(control.ctx, control.operator, 'production', id)
    expect(await lastEntry()).toMatchObject({ action: 'device.remove', before: { caller: 'partner', device } })
    expect((await snapshotOf('orders')).knownDevices.flatMap(({ devices }) => devices)).not.toContain(device)
    await expect(removeDevice(control.ctx, control.operator, 'production', id)).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it.each([
    ['nobody', PHONE, '/caller'],
    ['user@nowhere', PHONE, '/caller'],
    ['partner', 'phone', '/device'],
    ['partner', 'fp:short', '/device'],
    ['partner', `fp:${'a'.repeat(65)}`, '/device'],
  ])('of %s called %s is refused by name', async (caller, device, pointer) => {
    await expect(accept(caller, device)).rejects.toMatchObject({ errors: [{ pointer }] })
  })

  it('is one of a thousand at most', async () => {
    const { ctx, operator } = control
    await createIdentity(ctx, operator, { clientId: 'fleet', name: 'Fleet' })
    const { id: environmentId } = await prisma.environment.findUniqueOrThrow({ where: { slug: 'production' } })
    await prisma.knownDevice.createMany({
      data: Array.from({ length: 1_000 }, (_, index) => ({
        ...{ environmentId, caller: 'fleet', acceptedBy: 'tests' },
        device: `instance:${index.toString().padStart(16, '0')}`,
      })),
    })
    await expect(accept('fleet', PHONE)).rejects.toMatchObject({ errors: [{ pointer: '/caller' }] })
    await prisma.$executeRaw`INSERT INTO known_device (id, environment_id, caller, device, accepted_by)
      SELECT gen_random_uuid(), ${environmentId}::uuid, 'many-' || n, ${SERVER}, 'tests' FROM generate_series(1, 50000) n`
    await expect(accept('partner', 'fp:abcdefghijklmnopqrstuv')).rejects.toMatchObject({
      errors: [{ pointer: '/device' }],
    })
    await prisma.knownDevice.deleteMany({ where: { caller: { startsWith: 'many-' } } })
  })

  it('goes with its caller, so that nobody inherits it', async () => {
    const { ctx, operator, administrator } = control
    const { version } = await createIdentity(ctx, operator, { clientId: 'courier', name: 'Courier' })
    await accept('courier', PHONE)
    await deleteIdentity(ctx, operator, 'courier', version)
    expect(await lastEntry()).toMatchObject({ before: { devices: [`production ${PHONE}`] } })
    const { id: environmentId } = await prisma.environment.findUniqueOrThrow({ where: { slug: 'production' } })
    const issuer = await prisma.issuer.create({
      data: {
        environmentId,
        name: 'login',
        issuer: 'https://i.example',
        audience: 'a',
        jwksUri: 'https://i.example/k',
      },
    })
    await accept('user@login', PHONE)
    await deleteIssuer(ctx, administrator, 'production', issuer.id, issuer.version)
    expect([...(await list('courier')), ...(await list('user@login'))]).toEqual([])
  })
})
