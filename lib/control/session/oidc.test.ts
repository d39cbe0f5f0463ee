import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ControlContext } from '../context.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { signInWithOidc } from './sign-in-with-oidc.ts'

const client = { address: '127.0.0.1', userAgent: 'test', requestId: 'test' }

let control: TestControl
let provider: Server
let issuer: string
let privateKey: CryptoKey
beforeAll(async () => {
  control = await createTestControl()
  const pair = await generateKeyPair('ES256')
  privateKey = pair.privateKey
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }
  provider = createServer((request, response) => {
    const body = request.url === '/jwks' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(async () => {
  provider.close()
  await control.database.close()
})

const idToken = (
  claims: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = privateKey,
  header: { alg: string; kid: string } = { alg: 'ES256', kid: 'k1' },
) =>
  new SignJWT({
    sub: 'ada',
    email: 'ada@example.com',
    email_verified: true,
    name: 'Ada',
    iss: issuer,
    aud: 'stepgate-console',
    iat: now(),
    exp: now() + 300,
    ...claims,
  })
    .setProtectedHeader(header)
    .sign(key)
const now = () => Math.floor(Date.now() / 1_000)

const signIn = async (token: string, defaultRole: 'viewer' | null = 'viewer', nonce?: string) => {
  const ctx: ControlContext = {
    ...control.ctx,
    oidc: { name: 'Company', issuer, clientId: 'stepgate-console', defaultRole },
  }
  return signInWithOidc(ctx, client, { idToken: token, ...(nonce === undefined ? {} : { nonce }) })
}

describe('signing in with an identity provider', () => {
  it('makes an account of the default role once, and knows it by its subject afterwards', async () => {
    const first = await signIn(await idToken())
    expect(first.account).toMatchObject({ email: 'ada@example.com', name: 'Ada', role: 'viewer', signIn: 'oidc' })
    const renamed = await signIn(await idToken({ email: 'ada@new.example' }))
    expect(renamed.account.id).toBe(first.account.id)
  })

  it('refuses people without an account where there is no default role', async () => {
    await expect(signIn(await idToken({ sub: 'eve', email: 'eve@example.com' }), null)).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await control.database.prisma.account.count({ where: { email: 'eve@example.com' } })).toBe(0)
  })

  it('links an invitation by an address the provider has verified, and no other', async () => {
    const { prisma } = control.database
    await prisma.account.create({ data: { email: 'grace@example.com', name: 'Grace', role: 'administrator' } })
    await expect(
      signIn(await idToken({ sub: 'grace', email: 'grace@example.com', email_verified: false }), null),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await expect(
      signIn(await idToken({ sub: 'grace', email: 'grace@example.com', email_verified: undefined }), null),
    ).rejects.toMatchObject({ code: 'forbidden' })
    const linked = await signIn(await idToken({ sub: 'grace', email: 'Grace@Example.com' }), null)
    expect(linked.account).toMatchObject({ role: 'administrator', signIn: 'oidc' })
    await expect(signIn(await idToken({ sub: 'impostor', email: 'grace@example.com' }))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('refuses an account that is disabled', async () => {
    const { account } = await signIn(await idToken({ sub: 'gone', email: 'gone@example.com' }))
    await control.database.prisma.account.update({ where: { id: account.id }, data: { disabledAt: new Date() } })
    await expect(signIn(await idToken({ sub: 'gone', email: 'gone@example.com' }))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another-client' }],
    ['for several clients, made by another', { aud: ['stepgate-console', 'other'], azp: 'other' }],
    ['that has expired', { exp: 1 }],
    ['that is old', { iat: 1 }],
    ['without a subject', { sub: undefined }],
  ] satisfies [string, Record<string, unknown>][])('refuses a token %s', async (_name, claims) => {
    await expect(signIn(await idToken(claims))).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  it('refuses tokens that are not signed by the provider', async () => {
    const other = await generateKeyPair('ES256')
    await expect(signIn(await idToken({}, other.privateKey))).rejects.toMatchObject({ code: 'sign-in-failed' })
    await expect(
      signIn(await idToken({}, new TextEncoder().encode('k1'.repeat(32)), { alg: 'HS256', kid: 'k1' })),
    ).rejects.toMatchObject({ code: 'sign-in-failed' })
    const [, payload = ''] = (await idToken()).split('.')
    await expect(signIn(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`)).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
    await expect(signIn('nonsense')).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  it('compares the nonce when there is one', async () => {
    await expect(signIn(await idToken({ nonce: 'theirs' }), 'viewer', 'mine')).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
    await expect(signIn(await idToken({ nonce: 'mine' }), 'viewer', 'mine')).resolves.toBeDefined()
  })

  it('says so when there is no provider, or it is away', async () => {
    await expect(signInWithOidc(control.ctx, client, { idToken: 'x' })).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
    const ctx: ControlContext = {
      ...control.ctx,
      oidc: { name: 'Away', issuer: 'http://127.0.0.1:9', clientId: 'x', defaultRole: null },
    }
    await expect(signInWithOidc(ctx, client, { idToken: 'x' })).rejects.toMatchObject({ code: 'unavailable' })
  })
})
