import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteName } from '#lib/contract/routes.ts'
import { createLogger } from '../http/create-logger.ts'
import { startTestManagement, type CallInput, type TestManagement } from './test-management.ts'

const PRODUCTION = { environment: 'production' }
const STAGING = { environment: 'staging' }

const logged: string[] = []
const logger = createLogger(
  'trace',
  new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }),
)

let management: TestManagement
beforeAll(async () => {
  management = await startTestManagement({}, logger)
})
afterAll(() => management.close())

const call = (name: RouteName, input?: CallInput) => management.call(name, input)
const idOf = ({ body }: { body: unknown }): string => (body as { id: string }).id
const prismaOf = () => management.control.database.prisma
const countEntries = () => prismaOf().auditEntry.count()

interface Objects {
  readonly scopeId: string
  readonly endpointId: string
  readonly grantId: string
  readonly credentialId: string
  readonly issuerId: string
}

/** One of everything, in `production`. */
async function createObjects(prefix: string): Promise<Objects> {
  await call('createService', { body: { slug: prefix, name: prefix } })
  await call('createIdentity', { body: { clientId: `${prefix}-client`, name: `${prefix} client` } })
  const scopeId = idOf(await call('createScope', { body: { serviceSlug: prefix, name: 'things:read' } }))
  const grantId = idOf(
    await call('createGrant', { params: PRODUCTION, body: { clientId: `${prefix}-client`, scopeId } }),
  )
  const credential = await call('createCredential', {
    params: { ...PRODUCTION, clientId: prefix },
    body: { kind: 'client-secret', name: 'first' },
  })
  const endpointId = idOf(
    await call('createEndpoint', {
      params: PRODUCTION,
      body: { serviceSlug: prefix, method: 'GET', route: '/things' },
    }),
  )
  const environment = await prismaOf().environment.findUniqueOrThrow({ where: { slug: 'production' } })
  const issuer = await prismaOf().issuer.create({
    data: {
      environmentId: environment.id,
      name: `${prefix}-users`,
      issuer: `https://${prefix}.example`,
      audience: prefix,
      jwksUri: `https://${prefix}.example/jwks`,
    },
  })
  return {
    scopeId,
    endpointId,
    grantId,
    credentialId: idOf({ body: (credential.body as { credential: unknown }).credential }),
    issuerId: issuer.id,
  }
}

describe('If-Match', () => {
  it('is needed, understood, and compared by every write of a known object', async () => {
    const { scopeId, endpointId, issuerId } = await createObjects('versions')
    const service = { service: 'versions' }
    const client = { clientId: 'versions-client' }
    const account = { id: management.accountIds.viewer }
    const writes: [RouteName, Record<string, string>, unknown, number][] = [
      ['updateEnvironment', PRODUCTION, { name: 'Live' }, 1],
      ['updateService', service, { team: 'a' }, 1],
      ['updateServiceSetting', { ...PRODUCTION, ...service }, { undeclaredMode: 'log-only' }, 0],
      ['updateIdentity', client, { description: 'a' }, 1],
      ['updateIdentitySetting', { ...PRODUCTION, ...client }, { tokenLifetimeSeconds: 60 }, 0],
      ['updateScope', { id: scopeId }, { description: 'a' }, 1],
      ['updateEndpoint', { ...PRODUCTION, id: endpointId }, { description: 'a' }, 1],
      ['updateIssuer', { ...PRODUCTION, id: issuerId }, { audience: 'other' }, 1],
      ['updateAccount', account, { name: 'Another' }, 1],
      ['deleteIssuer', { ...PRODUCTION, id: issuerId }, undefined, 2],
      ['deleteEndpoint', { ...PRODUCTION, id: endpointId }, undefined, 2],
      ['deleteIdentity', client, undefined, 2],
      ['deleteScope', { id: scopeId }, undefined, 2],
      ['deleteService', service, undefined, 2],
    ]
    for (const [name, params, body, version] of writes) {
      const input = { params, ...(body === undefined ? {} : { body }) }
      const entries = await countEntries()
      expect((await call(name, input)).body, name).toMatchObject({ status: 428, code: 'version-required' })
      for (const header of ['*', '3', 'W/"1"', '"1", "2"', '"x"', '""'])
        expect((await call(name, { ...input, headers: { 'if-match': header } })).status, `${name} ${header}`).toBe(400)
      const stale = await call(name, { ...input, version: version + 7 })
      expect(stale.body, name).toMatchObject({ status: 412, code: 'version-mismatch' })
      expect(stale.headers.get('etag'), name).toBe(`"${version}"`)
      expect(await countEntries()).toBe(entries)
      const done = await call(name, { ...input, version })
      expect(done.status, name).toBe(200)
      if (body !== undefined) expect(done.headers.get('etag'), name).toBe(`"${version + 1}"`)
      expect(await countEntries(), name).toBe(entries + 1)
    }
  })
})

describe('environments', () => {
  it('do not see each other’s objects', async () => {
    const { endpointId, grantId, credentialId, issuerId } = await createObjects('apart')
    const rules = { endpoints: [{ id: endpointId, version: 1 }], rule: null }
    const changes = [{ endpointId, mode: 'log-only' }]
    const attempts: [RouteName, CallInput][] = [
      ['getEndpoint', { params: { ...STAGING, id: endpointId } }],
      ['updateEndpoint', { params: { ...STAGING, id: endpointId }, version: 1, body: { description: 'x' } }],
      ['deleteEndpoint', { params: { ...STAGING, id: endpointId }, version: 1 }],
      ['readEvidence', { params: { ...STAGING, id: endpointId }, body: {} }],
      ['listModeChanges', { params: { ...STAGING, id: endpointId } }],
      ['setEndpointRules', { params: STAGING, body: rules }],
      ['previewModeChange', { params: STAGING, body: { changes } }],
      ['changeModes', { params: STAGING, body: { changes } }],
      ['revokeCredential', { params: { ...STAGING, id: credentialId } }],
      ['deleteGrant', { params: { ...STAGING, id: grantId } }],
      ['updateIssuer', { params: { ...STAGING, id: issuerId }, version: 1, body: { audience: 'x' } }],
      ['refreshIssuer', { params: { ...STAGING, id: issuerId } }],
      ['deleteIssuer', { params: { ...STAGING, id: issuerId }, version: 1 }],
    ]
    for (const [name, input] of attempts) {
      const entries = await countEntries()
      expect([404, 422], name).toContain((await call(name, input)).status)
      expect(await countEntries(), name).toBe(entries)
    }
    for (const name of ['listGrants', 'listEndpoints', 'listIssuers'] as const) {
      const { items } = (await call(name, { params: STAGING })).body as { items: unknown[] }
      expect(items, name).toEqual([])
    }
  })
})

describe('Idempotency-Key', () => {
  const create = (key: string, slug: string, token = management.tokens.operator) =>
    call('createService', { token, headers: { 'idempotency-key': key }, body: { slug, name: slug } })

  it('makes one object of many requests at once, and gives each the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create('same-key', 'once')))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201))
    expect(new Set(answers.map(idOf)).size).toBe(1)
    expect(await prismaOf().auditEntry.count({ where: { action: 'service.create', targetName: 'once' } })).toBe(1)
  })

  it('refuses another request under the same key, and lets another person have it', async () => {
    await create('my-key', 'mine')
    expect((await create('my-key', 'other')).body).toMatchObject({ status: 409, code: 'idempotency-mismatch' })
    expect((await create('my-key', 'theirs', management.tokens.administrator)).status).toBe(201)
    expect((await create('a b', 'spaces')).status).toBe(400)
  })

  it('is free again after a failure', async () => {
    expect((await create('failing', 'stepgate')).status).toBe(422)
    expect((await create('failing', 'works')).status).toBe(201)
  })

  it('repeats an answer without its secret', async () => {
    const invite = () =>
      call('inviteAccount', {
        headers: { 'idempotency-key': 'invite' },
        body: { email: 'twice@example.com', name: 'Twice', role: 'viewer' },
      })
    const [first, second] = [await invite(), await invite()]
    expect(first.body).toMatchObject({ setupUrl: expect.stringContaining('#token=sgl_') as unknown })
    expect(second.body).toEqual({ ...(first.body as object), setupUrl: '' })
  })
})

describe('secrets', () => {
  it('are in one answer each, and nowhere else', async () => {
    const params = { ...PRODUCTION, clientId: 'leaky' }
    await call('createService', { body: { slug: 'leaky', name: 'Leaky' } })
    const credential = (await call('createCredential', { params, body: { kind: 'client-secret', name: 'one' } }))
      .body as { secret: string }
    const apiToken = (await call('createApiToken', { body: { name: 'ci', role: 'viewer' } })).body as { token: string }
    const invitation = (
      await call('inviteAccount', {
        headers: { 'idempotency-key': 'leak' },
        body: { email: 'leak@example.com', name: 'Leak', role: 'viewer' },
      })
    ).body as { setupUrl: string }
    const setupToken = invitation.setupUrl.split('=')[1] ?? ''
    const password = 'a password nobody should find'
    const session = (await call('completeSetup', { token: null, body: { token: setupToken, password } })).body as {
      token: string
    }
    await call('signIn', { token: null, body: { email: 'leak@example.com', password } })
    await call('signIn', { token: null, body: { email: 'leak@example.com', password: `${password} wrong` } })
    await call('getCurrentSession', { token: session.token })

    const secrets = [
      credential.secret,
      apiToken.token,
      setupToken,
      session.token,
      password,
      management.tokens.administrator,
    ]
    const { rows } = await management.control.database.pool.query<{ row: string }>(
      `SELECT row_to_json(e)::text AS row FROM audit_entry e UNION ALL SELECT row_to_json(k)::text FROM idempotency_key k UNION ALL SELECT row_to_json(c)::text FROM credential c
       UNION ALL SELECT row_to_json(s)::text FROM session s UNION ALL SELECT row_to_json(a)::text FROM account a UNION ALL SELECT row_to_json(t)::text FROM api_token t
       UNION ALL SELECT row_to_json(l)::text FROM setup_link l`,
    )
    const answers = await Promise.all([
      call('listCredentials', { params }),
      call('listApiTokens'),
      call('listAccounts'),
      call('listSessions'),
      call('exportAuditEntries'),
      call('listSigningKeys', { params: PRODUCTION }),
    ])
    const places = [
      rows.map(({ row }) => row).join('\n'),
      logged.join('\n'),
      answers.map(({ text }) => text).join('\n'),
    ]
    expect(logged.length).toBeGreaterThan(50)
    for (const place of places) {
      for (const secret of secrets) expect(place.includes(secret)).toBe(false)
      expect(place).not.toMatch(/sg_live_\w|sgp_\w|sgs_\w|sgl_\w|PRIVATE KEY/)
    }
  })
})
