import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '#lib/control/account/password.ts'
import { hashOpaqueToken } from '#lib/control/opaque-token.ts'
import { ensureSetupLink } from '#lib/control/setup/ensure-setup-link.ts'
import { createPerson, createTestSession, send, startTestManagement, type TestManagement } from './test-management.ts'

const PASSWORD = 'correct horse battery staple'

let management: TestManagement
let prisma: TestManagement['control']['database']['prisma']
beforeAll(async () => {
  management = await startTestManagement()
  prisma = management.control.database.prisma
  await prisma.account.update({
    where: { email: 'viewer@example.com' },
    data: { passwordHash: await hashPassword(PASSWORD) },
  })
})
afterAll(() => management.close())
beforeEach(async () => {
  await prisma.signInFailure.deleteMany()
})

/** Both have been let in as administrators before either may write. */
async function onceBothWait<T>(start: () => Promise<T>[]): Promise<T[]> {
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  const countWaiting = async () => (await management.control.database.pool.query<{ count: number }>(waiting)).rows
  const { calls } = await prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT id FROM account WHERE role = 'administrator' FOR UPDATE`
      const calls = start()
      await vi.waitFor(async () => expect(await countWaiting()).toEqual([{ count: 2 }]), { timeout: 15_000 })
      return { calls }
    },
    { timeout: 20_000 },
  )
  return Promise.all(calls)
}

const signIn = (email: string, password: string) =>
  management.call('signIn', { token: null, body: { email, password } })
const tokenOf = (body: unknown) => (body as { token: string }).token
const idOf = (body: unknown) => (body as { id: string }).id

describe('signing in', () => {
  it('gives a session that is listed, used and ended', async () => {
    const { call } = management
    const { status, body } = await signIn(' Viewer@Example.COM ', PASSWORD)
    expect(status).toBe(201)
    const token = tokenOf(body)
    const current = await call('getCurrentSession', { token })
    expect(current.body).toMatchObject({
      account: { email: 'viewer@example.com', signIn: 'password' },
      role: 'viewer',
      via: 'session',
    })
    const listed = (await call('listSessions', { token })).body as { items: { current: boolean }[] }
    expect(listed.items.filter((session) => session.current)).toHaveLength(1)
    await call('signOut', { token })
    expect((await call('getCurrentSession', { token })).body).toMatchObject({ status: 401, code: 'session-expired' })
  })

  it('answers alike for an unknown e-mail, a wrong password and a disabled account', async () => {
    const { accountId } = await createPerson(management.control, 'viewer', 'gone@example.com')
    await prisma.account.update({
      where: { id: accountId },
      data: { disabledAt: new Date(), passwordHash: await hashPassword(PASSWORD) },
    })
    const refusals = await Promise.all([
      signIn('nobody@example.com', PASSWORD),
      signIn('viewer@example.com', 'wrong'),
      signIn('gone@example.com', PASSWORD),
    ])
    for (const { status, body } of refusals)
      expect({ status, ...(body as object), instance: '' }).toEqual({
        ...(refusals[0].body as object),
        status: 401,
        instance: '',
      })
  })

  it('stops an account after ten failures, and lets it in again when they are old', async () => {
    for (let attempt = 1; attempt <= 10; attempt++)
      expect((await signIn('viewer@example.com', 'wrong')).status).toBe(401)
    const stopped = await signIn('viewer@example.com', PASSWORD)
    expect(stopped).toMatchObject({ status: 429, body: { code: 'too-many-requests' } })
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(60)
    await prisma.signInFailure.updateMany({ data: { at: new Date(Date.now() - 16 * 60_000) } })
    expect((await signIn('viewer@example.com', PASSWORD)).status).toBe(201)
  })

  it('lets no more than ten be tried when many come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => signIn('viewer@example.com', 'wrong')))
    expect(outcomes.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10)
    expect(outcomes.every(({ status }) => status === 401 || status === 429)).toBe(true)
  })

  it('stops an address that tries many accounts, whatever it says it is forwarded for', async () => {
    const headers = (index: number) => ({ 'x-forwarded-for': `203.0.113.${index}, 198.51.100.7` })
    const key = createHash('sha256').update('address:198.51.100.7').digest()
    await prisma.signInFailure.createMany({ data: Array.from({ length: 50 }, () => ({ key: Uint8Array.from(key) })) })
    for (const index of [1, 2]) {
      const answer = await management.call('signIn', {
        token: null,
        headers: headers(index),
        body: { email: 'viewer@example.com', password: PASSWORD },
      })
      expect(answer.status).toBe(429)
    }
    expect((await signIn('viewer@example.com', PASSWORD)).status).toBe(201)
  })

  it('ends after twelve hours, and after two without a request', async () => {
    const { call, accountIds } = management
    const token = await createTestSession(prisma, accountIds.viewer)
    const where = { tokenHash: hashOpaqueToken(token) }
    await prisma.session.update({ where, data: { lastSeenAt: new Date(Date.now() - 2 * 3_600_000) } })
    expect((await call('getCurrentSession', { token })).body).toMatchObject({ code: 'session-expired' })
    await prisma.session.update({ where, data: { lastSeenAt: new Date(), expiresAt: new Date() } })
    expect((await call('getCurrentSession', { token })).body).toMatchObject({ code: 'session-expired' })
  })

  it('reads the role from the database on each request', async () => {
    const { call, control } = management
    const { token, accountId } = await createPerson(control, 'administrator', 'demoted@example.com')
    expect((await call('listAccounts', { token })).status).toBe(200)
    await call('updateAccount', { params: { id: accountId }, version: 1, body: { role: 'viewer' } })
    expect((await call('listAccounts', { token })).body).toMatchObject({ code: 'forbidden' })
  })
})

describe('a session in a cookie', () => {
  const cookie = () => ({ cookie: `other=1; stepgate_session=${management.tokens.operator}` })
  const body = (slug: string) => ({ slug, name: slug })
  const create = (slug: string, headers: Record<string, string>) =>
    management.call('createService', { token: null, headers: { ...cookie(), ...headers }, body: body(slug) })

  it('reads from anywhere and writes from its own origin', async () => {
    expect((await management.call('getCurrentSession', { token: null, headers: cookie() })).status).toBe(200)
    expect(
      (await create('from-here', { 'sec-fetch-site': 'same-origin', origin: 'http://stepgate.test' })).status,
    ).toBe(201)
    expect((await create('from-host', { origin: management.gateway.url })).status).toBe(201)
  })

  it.each([
    ['without a word of where it comes from', {}],
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['from a sibling of the site', { 'sec-fetch-site': 'same-site', origin: 'http://stepgate.test' }],
    ['from nowhere', { origin: 'null' }],
    ['that claims one thing of two', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
  ])('writes nothing %s', async (_name, headers) => {
    expect((await create('from-elsewhere', headers)).body).toMatchObject({ code: 'cross-site' })
    expect(await prisma.service.count({ where: { slug: 'from-elsewhere' } })).toBe(0)
  })
})

describe('accounts', () => {
  it('come by invitation: a link that works once and signs in', async () => {
    const { call } = management
    const invited = await call('inviteAccount', {
      body: { email: 'Grace@Example.com', name: 'Grace', role: 'operator' },
    })
    const { account, setupUrl } = invited.body as { account: { id: string }; setupUrl: string }
    expect(invited.body).toMatchObject({ account: { email: 'grace@example.com', signIn: 'invited' } })
    const token = new URL(setupUrl).hash.replace('#token=', '')
    expect((await call('completeSetup', { token: null, body: { token, password: 'short' } })).body).toMatchObject({
      errors: [{ pointer: '/password' }],
    })
    const done = await call('completeSetup', { token: null, body: { token, password: PASSWORD } })
    expect(done.body).toMatchObject({ account: { id: account.id, signIn: 'password' } })
    expect((await call('completeSetup', { token: null, body: { token, password: PASSWORD } })).body).toMatchObject({
      code: 'link-invalid',
    })
    expect((await signIn('grace@example.com', PASSWORD)).status).toBe(201)
    const again = await call('reinviteAccount', { params: { id: account.id } })
    expect((again.body as { setupUrl: string }).setupUrl).not.toBe(setupUrl)
  })

  it('are refused twice under one address, however it is written', async () => {
    expect(
      (await management.call('inviteAccount', { body: { email: 'VIEWER@example.com', name: 'V', role: 'viewer' } }))
        .body,
    ).toMatchObject({ code: 'already-exists', errors: [{ pointer: '/email' }] })
  })

  it('lose their sessions and API tokens when they are disabled', async () => {
    const { call, control } = management
    const { token, accountId } = await createPerson(control, 'operator', 'leaver@example.com')
    const made = await call('createApiToken', { token, body: { name: 'ci', role: 'viewer' } })
    expect((await call('getCurrentSession', { token: tokenOf(made.body) })).body).toMatchObject({
      via: 'api-token',
      role: 'viewer',
    })
    await call('updateAccount', { params: { id: accountId }, version: 1, body: { disabled: true } })
    expect((await call('getCurrentSession', { token })).status).toBe(401)
    expect((await call('getCurrentSession', { token: tokenOf(made.body) })).status).toBe(401)
  })

  it('keep one administrator who can sign in, also against two who demote each other at once', async () => {
    const { call, control, tokens, accountIds } = management
    const other = await createPerson(control, 'administrator', 'second@example.com')
    await control.ctx.database.account.create({
      data: { email: 'never-came@example.com', name: 'Never came', role: 'administrator' },
    })
    const administrators = await prisma.account.findMany({
      where: { role: 'administrator', disabledAt: null, passwordHash: { not: null } },
    })
    expect(administrators).toHaveLength(2)
    const versions = new Map(administrators.map(({ id, version }) => [id, version]))
    const demote = (token: string, id: string) =>
      call('updateAccount', { token, params: { id }, version: versions.get(id) ?? 0, body: { role: 'operator' } })
    const outcomes = await onceBothWait(() => [
      demote(tokens.administrator, other.accountId),
      demote(other.token, accountIds.administrator),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 409])
    await prisma.account.updateMany({
      where: { id: { in: [other.accountId, accountIds.administrator] } },
      data: { role: 'administrator' },
    })
  })

  it('change their password with the present one, which ends the other sessions', async () => {
    const { call, control } = management
    const { token, accountId } = await createPerson(control, 'viewer', 'changer@example.com')
    await prisma.account.update({ where: { id: accountId }, data: { passwordHash: await hashPassword(PASSWORD) } })
    const elsewhere = await createTestSession(prisma, accountId)
    expect(
      (await call('changePassword', { token, body: { currentPassword: 'no', newPassword: 'another long password' } }))
        .body,
    ).toMatchObject({ code: 'invalid-value', errors: [{ pointer: '/currentPassword' }] })
    await call('changePassword', { token, body: { currentPassword: PASSWORD, newPassword: 'another long password' } })
    expect((await call('getCurrentSession', { token })).status).toBe(200)
    expect((await call('getCurrentSession', { token: elsewhere })).status).toBe(401)
    expect((await signIn('changer@example.com', 'another long password')).status).toBe(201)
  })

  it('end others’ sessions as administrators only', async () => {
    const { call, tokens, accountIds } = management
    const session = await prisma.session.findFirstOrThrow({ where: { accountId: accountIds.operator } })
    expect((await call('revokeSession', { token: tokens.viewer, params: { id: session.id } })).status).toBe(404)
    const spare = await createTestSession(prisma, accountIds.operator)
    const { id } = await prisma.session.findUniqueOrThrow({ where: { tokenHash: hashOpaqueToken(spare) } })
    expect((await call('revokeSession', { params: { id } })).status).toBe(200)
    expect((await call('getCurrentSession', { token: spare })).status).toBe(401)
  })
})

describe('API tokens', () => {
  it('can do at most what their account can at that moment', async () => {
    const { call, tokens, control } = management
    expect(
      (await call('createApiToken', { token: tokens.viewer, body: { name: 'x', role: 'operator' } })).body,
    ).toMatchObject({ errors: [{ pointer: '/role' }] })
    const { token, accountId } = await createPerson(control, 'administrator', 'tokens@example.com')
    const made = await call('createApiToken', { token, body: { name: 'all', role: 'administrator' } })
    expect((await call('listAccounts', { token: tokenOf(made.body) })).status).toBe(200)
    await call('updateAccount', { params: { id: accountId }, version: 1, body: { role: 'operator' } })
    expect((await call('listAccounts', { token: tokenOf(made.body) })).body).toMatchObject({ code: 'forbidden' })
  })

  it('are listed to their owner, expire, and end when revoked', async () => {
    const { call, tokens } = management
    const made = await call('createApiToken', {
      token: tokens.operator,
      body: { name: 'short', role: 'viewer', expiresInDays: 1 },
    })
    const token = tokenOf(made.body)
    const { id } = (made.body as { apiToken: { id: string } }).apiToken
    const shown = (await call('listApiTokens', { token: tokens.operator })).body as { items: { id: string }[] }
    expect(shown.items.map(idOf)).toContain(id)
    expect(JSON.stringify((await call('listApiTokens', { token: tokens.viewer })).body)).not.toContain(id)
    expect(
      (await call('createApiToken', { token, body: { name: 'longer', role: 'viewer', expiresInDays: 2 } })).body,
    ).toMatchObject({ errors: [{ pointer: '/expiresInDays' }] })
    expect((await call('revokeApiToken', { token: tokens.viewer, params: { id } })).status).toBe(404)
    await prisma.apiToken.update({ where: { id }, data: { expiresAt: new Date() } })
    expect((await call('getCurrentSession', { token })).body).toMatchObject({ code: 'unauthenticated' })
    await prisma.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() + 60_000) } })
    await call('revokeApiToken', { token: tokens.operator, params: { id } })
    expect((await call('getCurrentSession', { token })).status).toBe(401)
  })

  it.each(['', 'Bearer', 'Bearer  ', 'Basic YTpi', 'Bearer sgp_nope', `Bearer ${'a'.repeat(500)}`, 'Bearer a b'])(
    'are not guessed: "%s"',
    async (authorization) => {
      const answer = await send(`${management.gateway.url}/api/v1/session`, 'GET', { headers: { authorization } })
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    },
  )
})

describe('the first administrator', () => {
  it('is made once, whoever has a link', async () => {
    const fresh = await startTestManagement()
    const database = fresh.control.database
    await database.prisma.account.deleteMany()
    expect((await fresh.call('getSetupState', { token: null })).body).toEqual({ needed: true, oidc: null })
    const links = await Promise.all([1, 2].map(() => ensureSetupLink(database, 'http://stepgate.test')))
    const [first = '', second = ''] = links.map((link) => new URL(link ?? '').hash.replace('#token=', ''))
    const body = { email: 'root@example.com', name: 'Root', password: PASSWORD }
    expect(
      (await fresh.call('completeSetup', { token: null, body: { token: first, password: PASSWORD } })).body,
    ).toMatchObject({ errors: [{ pointer: '/email' }, { pointer: '/name' }] })
    const outcomes = await Promise.all(
      [first, second].map((token) => fresh.call('completeSetup', { token: null, body: { ...body, token } })),
    )
    expect(outcomes.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await ensureSetupLink(database, 'http://stepgate.test')).toBeNull()
    expect((await fresh.call('getSetupState', { token: null })).body).toMatchObject({ needed: false })
    await fresh.close()
  })
})
