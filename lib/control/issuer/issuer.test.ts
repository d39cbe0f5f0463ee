import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService } from '../service/create-service.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { createIssuer } from './create-issuer.ts'
import { deleteIssuer } from './delete-issuer.ts'
import { listIssuers, refreshIssuer } from './list-issuers.ts'
import { updateIssuer } from './update-issuer.ts'

const newKey = () => ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: `k${++keyCount}` })
let keyCount = 0

let control: TestControl
let provider: Server
let issuer: string
let keys = [newKey()]
let isAway = false
beforeAll(async () => {
  control = await createTestControl()
  await createService(control.ctx, control.operator, { slug: 'orders', name: 'Orders' })
  provider = createServer((request, response) => {
    if (isAway) return void response.writeHead(503).end()
    const body = request.url === '/jwks' ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(async () => {
  provider.close()
  await control.database.close()
})

interface PublishedIssuer {
  readonly name: string
  readonly kind: string
  readonly claimScopes: object[]
  readonly keys: { kid: string }[]
}

const publishedIssuers = async (): Promise<PublishedIssuer[]> => {
  const row = await control.database.prisma.serviceSnapshot.findFirstOrThrow({
    where: { environment: { slug: 'production' } },
    orderBy: { revision: 'desc' },
  })
  const { issuers } = JSON.parse(row.body) as { issuers: PublishedIssuer[] }
  return issuers.filter(({ kind }) => kind === 'oidc')
}

const publishedKeyIds = async (): Promise<string[]> =>
  (await publishedIssuers()).flatMap(({ keys }) => keys.map(({ kid }) => kid))

describe('a trusted issuer', () => {
  it('is believed with the keys it has now, which services receive', async () => {
    const { ctx, administrator, viewer } = control
    const created = await createIssuer(ctx, administrator, 'production', {
      name: 'customers',
      issuer,
      audience: 'shop',
    })
    expect(created).toMatchObject({ jwksUri: `${issuer}/jwks`, keyCount: 1, refreshError: null })
    expect(await publishedKeyIds()).toEqual(['k1'])
    expect((await listIssuers(ctx, viewer, 'staging')).items).toEqual([])
    await expect(
      createIssuer(ctx, administrator, 'production', {
        name: 'customers',
        issuer: `${issuer}/other`,
        jwksUri: `${issuer}/jwks`,
        audience: 'x',
      }),
    ).rejects.toMatchObject({ code: 'already-exists', errors: [{ pointer: '/name' }] })
    await expect(
      createIssuer(ctx, administrator, 'production', { name: 'again', issuer, audience: 'x' }),
    ).rejects.toMatchObject({ code: 'already-exists', errors: [{ pointer: '/issuer' }] })
  })

  it('gets new keys when asked, and keeps the last ones when it is away', async () => {
    const { ctx, operator } = control
    const [known] = (await listIssuers(ctx, operator, 'production')).items
    const id = known?.id ?? ''
    keys = [newKey(), newKey()]
    expect(await refreshIssuer(ctx, operator, 'production', id)).toMatchObject({ keyCount: 2, refreshError: null })
    isAway = true
    const failed = await refreshIssuer(ctx, operator, 'production', id)
    isAway = false
    expect(failed.keyCount).toBe(2)
    expect(failed.refreshError).toContain('503')
    expect(await publishedKeyIds()).toEqual(['k2', 'k3'])
  })

  it.each([
    ['that cannot be reached', { issuer: 'http://127.0.0.1:9' }, '/issuer'],
    ['over plain http from elsewhere', { issuer: 'http://login.example.com' }, '/issuer'],
    ['under the name of the control plane', { name: 'stepgate' }, '/name'],
    ['that is this environment’s own', { issuer: 'http://localhost:3000/e/production' }, '/issuer'],
    ['whose key set is elsewhere and away', { jwksUri: 'http://127.0.0.1:9/jwks' }, '/jwksUri'],
  ])('is refused %s, with nothing written', async (_name, wrong, pointer) => {
    const { ctx, administrator, database } = control
    const entries = await database.prisma.auditEntry.count()
    await expect(
      createIssuer(ctx, administrator, 'production', {
        name: 'other',
        issuer: `${issuer}/x`,
        audience: 'shop',
        ...wrong,
      }),
    ).rejects.toMatchObject({ code: 'invalid-value', errors: [{ pointer }] })
    expect(await database.prisma.auditEntry.count()).toBe(entries)
  })

  it('gives scopes for claims, which services receive, and publishes nothing when they are said again', async () => {
    const { ctx, administrator, operator, database } = control
    const [known] = (await listIssuers(ctx, administrator, 'production')).items
    const id = known?.id ?? ''
    const claimScopes = [{ claim: 'realm_access.roles', value: 'support', scopes: ['orders:read'] }]
    expect(known?.claimScopes).toEqual([])
    await expect(updateIssuer(ctx, operator, 'production', id, 1, { claimScopes })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(updateIssuer(ctx, administrator, 'staging', id, 1, { claimScopes })).rejects.toMatchObject({
      code: 'not-found',
    })
    const entries = () => database.prisma.auditEntry.count()
    const before = await entries()
    const twice = [
      ...claimScopes,
      { ...claimScopes[0], claim: 'realm_access.roles', value: 'support', scopes: ['a:b'] },
    ]
    await expect(updateIssuer(ctx, administrator, 'production', id, 1, { claimScopes: twice })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/claimScopes' }],
    })
    expect(await entries()).toBe(before)
    const updated = await updateIssuer(ctx, administrator, 'production', id, 1, { claimScopes })
    expect(updated).toMatchObject({ claimScopes, version: 2 })
    expect(await publishedIssuers()).toMatchObject([{ name: 'customers', claimScopes }])
    expect(await updateIssuer(ctx, administrator, 'production', id, 2, { claimScopes })).toEqual(updated)
    expect(await entries()).toBe(before + 1)
    const entry = await database.prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(entry).toMatchObject({ action: 'issuer.update', before: { claimScopes: [] }, after: { claimScopes } })
  })

  it('is changed and trusted no more with the revision that says so', async () => {
    const { ctx, administrator } = control
    const [known] = (await listIssuers(ctx, administrator, 'production')).items
    const id = known?.id ?? ''
    expect(await updateIssuer(ctx, administrator, 'production', id, 2, { audience: 'store' })).toMatchObject({
      audience: 'store',
      version: 3,
    })
    await expect(deleteIssuer(ctx, administrator, 'production', id, 2)).rejects.toMatchObject({
      code: 'version-mismatch',
    })
    await deleteIssuer(ctx, administrator, 'production', id, 3)
    expect(await publishedKeyIds()).toEqual([])
  })
})
