import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCredential } from '../credential/create-credential.ts'
import { listCredentials } from '../credential/list-credentials.ts'
import { reportLeakedSecrets } from '../credential/report-leaked-secrets.ts'
import { revokeCredential } from '../credential/revoke-credential.ts'
import { updateEnvironment } from '../environment/update-environment.ts'
import { createIdentity } from '../identity/create-identity.ts'
import { getIdentityPosture } from '../identity/list-identities.ts'
import { updateIdentitySetting } from '../identity/update-identity-setting.ts'
import { createIssuer } from '../issuer/create-issuer.ts'
import { deleteIssuer } from '../issuer/delete-issuer.ts'
import { discoverIssuer } from '../issuer/discover-issuer.ts'
import { createService } from '../service/create-service.ts'
import { listSigningKeys } from '../signing-key/list-signing-keys.ts'
import { revokeSigningKey } from '../signing-key/revoke-signing-key.ts'
import { rotateDueKey } from '../signing-key/rotate-due-key.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { readTokenActivity } from './read-token-activity.ts'
import { recordTokenActivity, type TokenActivityCount } from './record-token-activity.ts'
import { endTokenSession } from './refresh/end-token-session.ts'
import { listTokenSessions } from './refresh/list-token-sessions.ts'
import { startRefreshFamily } from './refresh/start-refresh-family.ts'
import { selfSigned } from '../../../server/gateway/testing/test-authority.ts'

let control: TestControl
let prisma: TestControl['database']['prisma']
let keySet: Server
let issuerUrl: string

beforeAll(async () => {
  control = await createTestControl()
  prisma = control.database.prisma
  const { ctx, operator } = control
  await createService(ctx, operator, { slug: 'orders', name: 'Orders' })
  await createIdentity(ctx, operator, { clientId: 'partner', name: 'Partner' })
  const { publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'cluster-1', alg: 'RS256', use: 'sig' }
  keySet = createServer((request, response) => {
    const document = { issuer: issuerUrl, jwks_uri: `${issuerUrl}/jwks` }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : document))
  })
  await new Promise<void>((resolve) => keySet.listen(0, '127.0.0.1', resolve))
  issuerUrl = `http://127.0.0.1:${(keySet.address() as AddressInfo).port}`
})
afterAll(async () => {
  keySet.close()
  await control.database.close()
})

const lastEntry = () => prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
const environmentId = async () => (await prisma.environment.findUniqueOrThrow({ where: { slug: 'production' } })).id

describe('a client certificate', () => {
  const register = (body: object, clientId = 'orders') =>
    createCredential(control.ctx, control.operator, 'production', clientId, {
      ...{ kind: 'client-certificate', name: 'Today' },
      ...body,
    })

  it('is registered by itself, and known by its thumbprint', async () => {
    const { certPem, thumbprint } = await selfSigned({ subject: 'CN=orders' })
    const { credential, secret, environmentVariables } = await register({ certificate: certPem })
    expect([credential.kind, credential.hint, secret]).toEqual(['client-certificate', thumbprint.slice(0, 8), null])
    expect(environmentVariables).not.toHaveProperty('STEPGATE_CLIENT_SECRET')
    expect(await lastEntry()).toMatchObject({ action: 'credential.create', after: { hint: thumbprint } })
    await expect(register({ certificate: certPem }, 'partner')).rejects.toMatchObject({ code: 'already-exists' })
    await revokeCredential(control.ctx, control.operator, 'production', credential.id)
    expect((await register({ certificate: certPem }, 'partner')).credential.state).toBe('live')
  })

  it('is registered by a name in it', async () => {
    const { credential } = await register({ subject: { type: 'san-uri', value: 'spiffe://shop.example/orders' } })
    expect(credential.hint).toBe('san-uri spiffe://shop.example/orders')
  })

  it.each<[string, () => Promise<object> | object, string]>([
    ['nothing', () => ({}), '/certificate'],
    ['both', () => ({ certificate: 'x', subject: { type: 'san-dns', value: 'x' } }), '/certificate'],
    ['text', () => ({ certificate: 'certificate' }), '/certificate'],
    ['a kind of name there is not', () => ({ subject: { type: 'common-name', value: 'x' } }), '/subject/type'],
    ['an empty name', () => ({ subject: { type: 'san-dns', value: ' ' } }), '/subject/value'],
    [
      'its private key',
      async () => {
        const { certPem, keyPem } = await selfSigned({ subject: 'CN=x' })
        return { certificate: `${certPem}${keyPem}` }
      },
      '/certificate',
    ],
    [
      'a chain',
      async () => {
        const { certPem } = await selfSigned({ subject: 'CN=x' })
        return { certificate: `${certPem}\n${certPem}` }
      },
      '/certificate',
    ],
    [
      'one that has expired',
      async () => ({
        certificate: (await selfSigned({ subject: 'CN=x', notAfter: new Date(Date.now() - 1_000) })).certPem,
      }),
      '/certificate',
    ],
    [
      'a damaged one',
      async () => ({ certificate: (await selfSigned({ subject: 'CN=x' })).certPem.replace('MII', 'AAA') }),
      '/certificate',
    ],
  ])('is refused with %s', async (_, body, pointer) => {
    await expect(register(await body())).rejects.toMatchObject({ name: 'ControlError', errors: [{ pointer }] })
  })

  it('is never stored whole', async () => {
    const { certPem } = await selfSigned({ subject: 'CN=orders' })
    const [row] = await prisma.credential.findMany({ where: { kind: 'client_certificate' }, take: 1 })
    expect(JSON.stringify(row)).not.toContain(new X509Certificate(certPem).subject)
  })
})

describe('a workload of another issuer', () => {
  it('is trusted for one identity by issuer and subject', async () => {
    const { ctx, administrator, operator } = control
    const federated = (issuer: string, subject = 'system:serviceaccount:shop:orders') =>
      createCredential(ctx, operator, 'production', 'orders', {
        kind: 'federated-identity',
        name: 'Cluster',
        issuer,
        subject,
      })
    await expect(federated('cluster')).rejects.toMatchObject({ errors: [{ pointer: '/issuer' }] })
    const wanted = { issuer: issuerUrl, audience: 'stepgate' }
    const people = await createIssuer(ctx, administrator, 'production', { name: 'customers', ...wanted })
    await expect(federated('customers')).rejects.toMatchObject({ errors: [{ pointer: '/issuer' }] })
    await deleteIssuer(ctx, administrator, 'production', people.id, people.version)
    const issuer = await createIssuer(ctx, administrator, 'production', {
      name: 'cluster',
      purpose: 'workloads',
      ...wanted,
    })
    const { credential } = await federated('cluster')
    expect(credential.hint).toBe('cluster: system:serviceaccount:shop:orders')
    await expect(federated('cluster')).rejects.toMatchObject({ code: 'already-exists' })
    await expect(deleteIssuer(ctx, administrator, 'production', issuer.id, issuer.version)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('orders') as string,
    })
    await revokeCredential(ctx, operator, 'production', credential.id)
    await deleteIssuer(ctx, administrator, 'production', issuer.id, issuer.version)
    const { items } = await listCredentials(ctx, operator, 'production', 'orders')
    expect(items.some(({ kind }) => kind === 'federated-identity')).toBe(false)
  })

  it('gets no scopes from claims', async () => {
    await expect(
      createIssuer(control.ctx, control.administrator, 'production', {
        ...{ name: 'cluster', purpose: 'workloads', issuer: issuerUrl, audience: 'stepgate' },
        claimScopes: [{ claim: 'groups', value: 'x', scopes: ['orders:read'] }],
      }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/claimScopes' }] })
  })

  it('comes from an issuer that can be looked at before it is trusted', async () => {
    const found = await discoverIssuer(control.administrator, { issuer: issuerUrl })
    expect(found).toEqual({ jwksUri: `${issuerUrl}/jwks`, keys: [{ keyId: 'cluster-1', algorithm: 'RS256' }] })
    await expect(discoverIssuer(control.operator, { issuer: issuerUrl })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(discoverIssuer(control.administrator, { issuer: `${issuerUrl}/other` })).rejects.toMatchObject({
      errors: [{ pointer: '/issuer' }],
    })
    expect(await prisma.issuer.count()).toBe(0)
  })
})

describe('how tokens are given to an identity', () => {
  const update = async (body: object) => {
    const { settingsVersion } = await getIdentityPosture(control.ctx, control.operator, 'production', 'partner')
    return updateIdentitySetting(control.ctx, control.operator, 'production', 'partner', settingsVersion, body)
  }

  it('is anything at first, and what was chosen after', async () => {
    expect(await getIdentityPosture(control.ctx, control.viewer, 'production', 'partner')).toMatchObject({
      ...{ senderConstraint: 'none', refreshTokens: null },
      credentialKinds: ['client-secret', 'public-key', 'client-certificate', 'federated-identity'],
    })
    const chosen = {
      ...{ senderConstraint: 'mutual-tls', credentialKinds: ['public-key', 'client-certificate'] },
      refreshTokens: { seconds: 28_800, idleSeconds: 3_600 },
    } as const
    expect(await update({ ...chosen, credentialKinds: ['client-certificate', 'public-key'] })).toMatchObject(chosen)
    expect(await lastEntry()).toMatchObject({
      action: 'identity.change-token-policy',
      before: { senderConstraint: 'none' },
      after: { senderConstraint: 'mutual-tls', refreshTokenSeconds: 28_800 },
    })
    const { number } = await prisma.revision.findFirstOrThrow({ orderBy: { number: 'desc' } })
    await update({ ...chosen, credentialKinds: [...chosen.credentialKinds] })
    expect((await prisma.revision.findFirstOrThrow({ orderBy: { number: 'desc' } })).number).toBe(number)
    expect(await update({ refreshTokens: null })).toMatchObject({ refreshTokens: null, senderConstraint: 'mutual-tls' })
  })

  it.each([
    [{ credentialKinds: [] }, '/credentialKinds'],
    [{ credentialKinds: ['password'] }, '/credentialKinds/0'],
    [{ senderConstraint: 'tls' }, '/senderConstraint'],
    [{ refreshTokens: { seconds: 600, idleSeconds: 601 } }, '/refreshTokens/idleSeconds'],
    [{ refreshTokens: { seconds: 60, idleSeconds: 30 } }, '/refreshTokens/seconds'],
  ])('is refused as %j', async (body, pointer) => {
    await expect(update(body)).rejects.toMatchObject({
      code: 'invalid-request',
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown[],
    })
  })
})

describe('a leaked secret', () => {
  it('is revoked by whoever shows it, without a word about whose it is', async () => {
    const { ctx, operator } = control
    const { secret, credential } = await createCredential(ctx, operator, 'production', 'partner', {
      ...{ kind: 'client-secret', name: 'Leaking' },
    })
    const report = (found: string) => ({ secret: found, url: 'https://example.com/gist' })
    const answer = await reportLeakedSecrets(ctx, {
      items: [report('sg_live_x'), report(secret ?? ''), report(secret ?? '')],
    })
    expect(answer).toEqual({ items: [{ revoked: false }, { revoked: true }, { revoked: false }] })
    expect(await lastEntry()).toMatchObject({
      ...{ action: 'credential.revoke', actorName: 'secret scanner', targetId: credential.id },
      reason: 'Reported as leaked: https://example.com/gist',
    })
    const { items } = await listCredentials(ctx, operator, 'production', 'partner')
    expect(items.find(({ id }) => id === credential.id)?.state).toBe('revoked')
  })
})

describe('a signing key', () => {
  const keys = async () => (await listSigningKeys(control.ctx, control.viewer, 'production')).items
  const keyOf = async (purpose: string, status: string) =>
    (await keys()).find((key) => key.purpose === purpose && key.status === status)
  const publishedKeyIds = async (): Promise<string[]> => {
    const [row] = await prisma.serviceSnapshot.findMany({
      where: { environment: { slug: 'production' } },
      orderBy: { revision: 'desc' },
      take: 1,
    })
    const { issuers } = JSON.parse(row?.body ?? '{}') as { issuers: { kind: string; keys: { kid: string }[] }[] }
    return issuers.find(({ kind }) => kind === 'stepgate')?.keys.map(({ kid }) => kid) ?? []
  }

  it('that is revoked is told to no service any more, and the next one signs', async () => {
    const { ctx, administrator, operator } = control
    const [current, next] = [await keyOf('token', 'current'), await keyOf('token', 'next')]
    const reason = { reason: 'A backup was lost' }
    await expect(revokeSigningKey(ctx, operator, 'production', current?.id ?? '', reason)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(revokeSigningKey(ctx, administrator, 'staging', current?.id ?? '', reason)).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(
      revokeSigningKey(ctx, administrator, 'production', current?.id ?? '', { reason: '' }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/reason' }] })
    await revokeSigningKey(ctx, administrator, 'production', current?.id ?? '', reason)
    expect((await keyOf('token', 'current'))?.keyId).toBe(next?.keyId)
    expect(await keyOf('token', 'next')).toBeDefined()
    expect(await publishedKeyIds()).not.toContain(current?.keyId)
    expect(await publishedKeyIds()).toContain(next?.keyId)
    expect(await lastEntry()).toMatchObject({ action: 'signing-key.revoke', reason: 'A backup was lost' })
  })

  it('of the configuration is replaced at once', async () => {
    const { ctx, administrator } = control
    const before = await keyOf('snapshot', 'current')
    await revokeSigningKey(ctx, administrator, 'production', before?.id ?? '', { reason: 'Lost' })
    const after = await keyOf('snapshot', 'current')
    expect(after?.keyId).not.toBe(before?.keyId)
    expect((await keys()).find(({ id }) => id === before?.id)?.status).toBe('revoked')
  })

  it('moves on when it has signed for as long as the environment says, and not before', async () => {
    const { ctx, administrator } = control
    const id = await environmentId()
    const rotateAt = (days: number) =>
      rotateDueKey(ctx.transact, ctx.keyCipher, id, new Date(Date.now() + days * 86_400_000))
    const before = await keyOf('token', 'current')
    expect(await rotateAt(89)).toBe(false)
    const { version } = await prisma.environment.findUniqueOrThrow({ where: { id } })
    await updateEnvironment(ctx, administrator, 'production', version, { tokenKeyRotationDays: null })
    expect(await rotateAt(10_000)).toBe(false)
    await updateEnvironment(ctx, administrator, 'production', version + 1, { tokenKeyRotationDays: 30 })
    expect(await rotateAt(31)).toBe(true)
    expect((await keyOf('token', 'previous'))?.keyId).toBe(before?.keyId)
    expect(await publishedKeyIds()).toContain(before?.keyId)
    expect(await lastEntry()).toMatchObject({ action: 'signing-key.rotate', actorName: 'worker' })
  })
})

describe('sessions and activity', () => {
  it('are listed, and ended by operators', async () => {
    const { ctx, operator, viewer } = control
    const { id: identityId } = await prisma.identity.findUniqueOrThrow({ where: { clientId: 'partner' } })
    await startRefreshFamily(ctx.pool, {
      ...{
        environmentId: await environmentId(),
        identityId,
        audience: 'orders',
        scopes: ['orders:read'],
        subject: null,
      },
      lifetimes: { seconds: 3_600, idleSeconds: 600 },
    })
    const [session] = (await listTokenSessions(ctx, viewer, 'production', 'partner')).items
    expect(session).toMatchObject({ clientId: 'partner', audience: 'orders', subject: null, state: 'live' })
    expect((await listTokenSessions(ctx, viewer, 'staging', 'partner')).items).toEqual([])
    const id = session?.id ?? ''
    await expect(endTokenSession(ctx, viewer, 'production', id)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(endTokenSession(ctx, operator, 'staging', id)).rejects.toMatchObject({ code: 'not-found' })
    await endTokenSession(ctx, operator, 'production', id)
    await endTokenSession(ctx, operator, 'production', id)
    expect((await listTokenSessions(ctx, viewer, 'production', 'partner')).items[0]?.state).toBe('revoked')
    expect(await prisma.auditEntry.count({ where: { action: 'session.end', targetId: id } })).toBe(1)
  })

  it('is counted by the hour and by client, added up, and empty hours are zero', async () => {
    const { ctx, viewer } = control
    const hour = new Date('2026-11-20T10:00:00Z')
    const entry: TokenActivityCount = {
      ...{
        environmentId: await environmentId(),
        hour,
        clientId: 'partner',
        event: 'issued',
        detail: 'client_credentials',
      },
      ...{
        audience: 'orders',
        credentialKind: 'client-secret',
        count: 3,
        lifetimeSeconds: 900,
        firstAt: hour,
        lastAt: hour,
      },
    } as const
    await recordTokenActivity(ctx.pool, [entry, { ...entry, clientId: 'orders' }])
    await recordTokenActivity(ctx.pool, [{ ...entry, count: 2, lifetimeSeconds: 300 }])
    const span = { from: '2026-11-20T09:30:00.000Z', to: '2026-11-20T12:00:00.000Z' }
    const activity = await readTokenActivity(ctx, viewer, 'production', { ...span, clientId: 'partner' })
    expect(activity.hours).toEqual(['2026-11-20T09:00:00.000Z', '2026-11-20T10:00:00.000Z', '2026-11-20T11:00:00.000Z'])
    expect(activity.series.find(({ event }) => event === 'issued')?.counts).toEqual([0, 5, 0])
    expect(activity.items).toMatchObject([{ clientId: 'partner', count: 5, lifetimeSecondsMax: 900 }])
    expect((await readTokenActivity(ctx, viewer, 'production', span)).items).toHaveLength(2)
    await expect(readTokenActivity(ctx, viewer, 'production', { from: span.to, to: span.from })).rejects.toMatchObject({
      errors: [{ pointer: '/to' }],
    })
  })
})
