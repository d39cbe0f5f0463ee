import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCredential } from '../credential/create-credential.ts'
import { isClientSecret } from '../credential/client-secret.ts'
import { listCredentials } from '../credential/list-credentials.ts'
import { revokeCredential } from '../credential/revoke-credential.ts'
import { createGrant } from '../grant/create-grant.ts'
import { deleteGrant } from '../grant/delete-grant.ts'
import { createIdentity } from '../identity/create-identity.ts'
import { deleteIdentity } from '../identity/delete-identity.ts'
import { getIdentityPosture, listIdentities } from '../identity/list-identities.ts'
import { updateIdentity } from '../identity/update-identity.ts'
import { updateIdentitySetting } from '../identity/update-identity-setting.ts'
import { hashOpaqueToken } from '../opaque-token.ts'
import { createScope } from '../scope/create-scope.ts'
import { deleteScope } from '../scope/delete-scope.ts'
import { listScopes } from '../scope/list-scopes.ts'
import { createService } from '../service/create-service.ts'
import { createTestControl, type TestControl } from '../test-control.ts'

let control: TestControl
let prisma: TestControl['database']['prisma']
beforeAll(async () => {
  control = await createTestControl()
  prisma = control.database.prisma
  const { ctx, operator } = control
  for (const slug of ['orders', 'payments']) await createService(ctx, operator, { slug, name: slug.toUpperCase() })
  await createIdentity(ctx, operator, { clientId: 'partner', name: 'Partner' })
})
afterAll(() => control.database.close())

const lastEntry = () => prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
const revisionOf = async (slug: string) => (await prisma.environment.findUniqueOrThrow({ where: { slug } })).revision
const snapshotOf = async (service: string): Promise<Record<string, unknown>> => {
  const row = await prisma.serviceSnapshot.findFirstOrThrow({
    where: { service: { slug: service }, environment: { slug: 'production' } },
    orderBy: { revision: 'desc' },
  })
  return JSON.parse(row.body) as Record<string, unknown>
}

describe('identities', () => {
  it('share one name space with services', async () => {
    const { ctx, operator } = control
    await expect(createIdentity(ctx, operator, { clientId: 'orders', name: 'Other' })).rejects.toMatchObject({
      code: 'already-exists',
      errors: [{ pointer: '/clientId' }],
    })
    await expect(createIdentity(ctx, operator, { clientId: 'other', name: 'partner' })).rejects.toMatchObject({
      code: 'already-exists',
      errors: [{ pointer: '/name' }],
    })
    await expect(createService(ctx, operator, { slug: 'partner', name: 'Service' })).rejects.toMatchObject({
      errors: [{ pointer: '/slug' }],
    })
    await expect(updateIdentity(ctx, operator, 'orders', 1, { name: 'Else' })).rejects.toMatchObject({
      code: 'invalid-value',
    })
  })

  it('are disabled in one environment, with a reason, and every service there hears of it', async () => {
    const { ctx, operator } = control
    await expect(
      updateIdentitySetting(ctx, operator, 'production', 'partner', 0, { disabled: true }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/reason' }] })
    const staging = await revisionOf('staging')
    const posture = await updateIdentitySetting(ctx, operator, 'production', 'partner', 0, {
      disabled: true,
      reason: 'Its key leaked',
    })
    expect(posture).toMatchObject({ disabled: true, settingsVersion: 1 })
    expect(await snapshotOf('orders')).toMatchObject({ disabledIdentities: ['partner'] })
    expect(await lastEntry()).toMatchObject({
      action: 'identity.disable',
      reason: 'Its key leaked',
      before: { disabled: false },
      after: { disabled: true },
    })
    expect(await revisionOf('staging')).toBe(staging)
    await updateIdentitySetting(ctx, operator, 'production', 'partner', 1, { disabled: false })
    expect(await snapshotOf('orders')).toMatchObject({ disabledIdentities: [] })
  })

  it('need a reason for tokens that live longer than an hour, and forget it when they no longer do', async () => {
    const { ctx, operator } = control
    await expect(
      updateIdentitySetting(ctx, operator, 'staging', 'partner', 0, { tokenLifetimeSeconds: 7_200 }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/reason' }] })
    expect(
      await updateIdentitySetting(ctx, operator, 'staging', 'partner', 0, {
        tokenLifetimeSeconds: 7_200,
        reason: 'Nightly batch',
      }),
    ).toMatchObject({ tokenLifetimeReason: 'Nightly batch' })
    expect(
      await updateIdentitySetting(ctx, operator, 'staging', 'partner', 1, { tokenLifetimeSeconds: 600 }),
    ).toMatchObject({ tokenLifetimeSeconds: 600, tokenLifetimeReason: null })
    expect(
      await updateIdentitySetting(ctx, operator, 'staging', 'partner', 2, { tokenLifetimeSeconds: null }),
    ).toMatchObject({ tokenLifetimeSeconds: null })
  })

  it('have a lifetime tried without shortening any token, until it is put in force or given up', async () => {
    const { ctx, operator, viewer } = control
    const { settingsVersion } = await getIdentityPosture(ctx, operator, 'staging', 'partner')
    let version = settingsVersion
    const update = async (input: Parameters<typeof updateIdentitySetting>[5]) => {
      const posture = await updateIdentitySetting(ctx, operator, 'staging', 'partner', version, input)
      version = posture.settingsVersion
      return posture
    }
    const tried = await update({ trialLifetimeSeconds: 300 })
    expect(tried).toMatchObject({ tokenLifetimeSeconds: null, trialLifetime: { seconds: 300 } })
    expect(await lastEntry()).toMatchObject({
      action: 'identity.try-token-lifetime',
      before: { trialLifetimeSeconds: null },
      after: { trialLifetimeSeconds: 300 },
    })
    expect((await update({ trialLifetimeSeconds: 300 })).trialLifetime).toEqual(tried.trialLifetime)
    expect((await update({ trialLifetimeSeconds: null })).trialLifetime).toBeNull()
    expect(await lastEntry()).toMatchObject({ action: 'identity.end-lifetime-trial' })
    await update({ trialLifetimeSeconds: 600 })
    const inForce = await update({ tokenLifetimeSeconds: 600, trialLifetimeSeconds: null })
    expect(inForce).toMatchObject({ tokenLifetimeSeconds: 600, trialLifetime: null })
    expect(await lastEntry()).toMatchObject({ action: 'identity.change-token-lifetime' })
    await expect(update({ trialLifetimeSeconds: 29 })).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(
      updateIdentitySetting(ctx, viewer, 'staging', 'partner', version, { trialLifetimeSeconds: 300 }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await update({ tokenLifetimeSeconds: null })
  })

  it('come in pages that leave out and repeat nobody', async () => {
    const { ctx, viewer } = control
    const seen: string[] = []
    for (let cursor: string | undefined; ;) {
      const page = await listIdentities(ctx, viewer, 'production', { limit: 1, cursor })
      seen.push(...page.items.map(({ clientId }) => clientId))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(seen).toEqual(['orders', 'partner', 'payments'])
  })

  it('of services go with their service alone; integrations take their grants with them', async () => {
    const { ctx, operator } = control
    await expect(deleteIdentity(ctx, operator, 'orders', 1)).rejects.toMatchObject({ code: 'in-use' })
    await createIdentity(ctx, operator, { clientId: 'leaver', name: 'Leaver' })
    const scope = await createScope(ctx, operator, { serviceSlug: 'orders', name: 'orders:leave' })
    await createGrant(ctx, operator, 'production', { clientId: 'leaver', scopeId: scope.id })
    await deleteIdentity(ctx, operator, 'leaver', 1)
    expect(await prisma.grant.count({ where: { scopeId: scope.id } })).toBe(0)
    expect(await lastEntry()).toMatchObject({
      action: 'identity.delete',
      before: { grants: ['production orders:leave'] },
    })
  })
})

describe('credentials', () => {
  const key = () => String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))

  it('show their secret once and keep its hash', async () => {
    const { ctx, operator, viewer } = control
    const { credential, secret, environmentVariables } = await createCredential(ctx, operator, 'production', 'orders', {
      kind: 'client-secret',
      name: 'one',
      expiresInDays: 30,
    })
    expect(isClientSecret(secret ?? '')).toBe(true)
    expect(environmentVariables).toEqual({
      STEPGATE_URL: ctx.publicUrl,
      STEPGATE_CLIENT_ID: 'orders',
      STEPGATE_CLIENT_SECRET: secret,
      STEPGATE_CONFIG_KEY: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    })
    const stored = await prisma.credential.findUniqueOrThrow({ where: { id: credential.id } })
    expect(stored.secretHash).toEqual(hashOpaqueToken(secret ?? ''))
    expect(await listCredentials(ctx, viewer, 'production', 'orders')).toMatchObject({
      items: [{ hint: secret?.slice(-4), state: 'live' }],
    })
    expect(await listCredentials(ctx, viewer, 'staging', 'orders')).toMatchObject({ items: [] })
  })

  it('are at most two alive of a kind, also when they are made at once', async () => {
    const { ctx, operator } = control
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        createCredential(ctx, operator, 'staging', 'orders', { kind: 'client-secret', name: `n${index}` }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
    const { items } = await listCredentials(ctx, operator, 'staging', 'orders')
    await revokeCredential(ctx, operator, 'staging', items[0]?.id ?? '')
    await expect(
      createCredential(ctx, operator, 'staging', 'orders', { kind: 'client-secret', name: 'next' }),
    ).resolves.toBeDefined()
    await revokeCredential(ctx, operator, 'staging', items[0]?.id ?? '')
  })

  it('may be public keys, each once in an environment', async () => {
    const { ctx, operator } = control
    const publicKey = key()
    const { secret, credential } = await createCredential(ctx, operator, 'production', 'partner', {
      kind: 'public-key',
      name: 'hsm',
      publicKey,
    })
    expect({ secret, kind: credential.kind }).toEqual({ secret: null, kind: 'public-key' })
    await expect(
      createCredential(ctx, operator, 'production', 'orders', { kind: 'public-key', name: 'copy', publicKey }),
    ).rejects.toMatchObject({ code: 'already-exists', errors: [{ pointer: '/publicKey' }] })
  })
})

describe('scopes and grants', () => {
  it('are refused twice, to nobody, and in the past', async () => {
    const { ctx, operator, viewer } = control
    const scope = await createScope(ctx, operator, { serviceSlug: 'orders', name: 'orders:read' })
    await expect(createScope(ctx, operator, { serviceSlug: 'orders', name: 'orders:read' })).rejects.toMatchObject({
      code: 'already-exists',
      errors: [{ pointer: '/name' }],
    })
    await expect(createScope(ctx, operator, { serviceSlug: 'nowhere', name: 'orders:read' })).rejects.toMatchObject({
      errors: [{ pointer: '/serviceSlug' }],
    })
    const grant = await createGrant(ctx, operator, 'production', { clientId: 'partner', scopeId: scope.id })
    await expect(
      createGrant(ctx, operator, 'production', { clientId: 'partner', scopeId: scope.id }),
    ).rejects.toMatchObject({ code: 'already-exists' })
    await expect(
      createGrant(ctx, operator, 'production', { clientId: 'nobody', scopeId: scope.id }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/clientId' }] })
    await expect(
      createGrant(ctx, operator, 'production', {
        clientId: 'payments',
        scopeId: scope.id,
        expiresAt: '2020-01-01T00:00:00Z',
      }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/expiresAt' }] })
    expect(await getIdentityPosture(ctx, viewer, 'production', 'partner')).toMatchObject({ grants: 1, unusedGrants: 0 })
    expect(await listScopes(ctx, viewer, 'production', { limit: 10, q: 'READ', service: 'orders' })).toMatchObject({
      items: [{ name: 'orders:read', holders: [{ clientId: 'partner', use: 'too-new' }] }],
    })
    await expect(deleteScope(ctx, operator, scope.id, 1)).rejects.toMatchObject({ code: 'in-use' })
    await deleteGrant(ctx, operator, 'production', grant.id)
    expect(await lastEntry()).toMatchObject({
      action: 'grant.delete',
      before: { clientId: 'partner', scope: 'orders:read' },
      after: null,
    })
  })
})
