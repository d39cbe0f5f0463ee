import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestManagement, type TestManagement } from './test-management.ts'

interface Entry {
  readonly id: string
  readonly action: string
  readonly targetName: string
}

let management: TestManagement
beforeAll(async () => {
  management = await startTestManagement()
  for (const slug of ['one', 'two', 'three'])
    await management.call('createService', { body: { slug, name: slug, description: '=HYPERLINK("http://evil")' } })
  await management.call('updateService', {
    params: { service: 'two' },
    version: 1,
    body: { team: 'Élan, "quoted"\nteam' },
  })
  await management.call('revokeToken', {
    params: { environment: 'production' },
    body: { tokenId: 'token-id-1', reason: 'Found in a log' },
  })
})
afterAll(() => management.close())

const itemsOf = (body: unknown) => (body as { items: Entry[] }).items

describe('the audit log', () => {
  it('is filtered by who, what, where and words', async () => {
    const find = async (query: Record<string, string>) =>
      itemsOf((await management.call('listAuditEntries', { query })).body).map(
        ({ action, targetName }) => `${action} ${targetName}`,
      )
    expect(await find({ action: 'service.' })).toEqual([
      'service.update two',
      'service.create three',
      'service.create two',
      'service.create one',
    ])
    expect(await find({ action: 'service.create', q: 'ON' })).toEqual(['service.create one'])
    expect(await find({ environment: 'production', targetKind: 'token' })).toEqual(['token.revoke token-id-1'])
    expect(await find({ actor: 'the ADMIN', action: 'service.update' })).toEqual(['service.update two'])
    expect(await find({ q: '%' })).toEqual([])
    expect(await find({ to: '2020-01-01T00:00:00Z' })).toEqual([])
  })

  it('finds what concerns an identity: itself, its credentials and its grants', async () => {
    const created = await management.call('createCredential', {
      params: { environment: 'production', clientId: 'one' },
      body: { kind: 'client-secret', name: 'first', expiresInDays: null },
    })
    expect(created.status).toBe(201)
    const { body } = await management.call('listAuditEntries', { query: { identity: 'one' } })
    expect(itemsOf(body).map(({ action, targetName }) => `${action} ${targetName}`)).toEqual([
      'credential.create one: first',
    ])
    const others = await management.call('listAuditEntries', { query: { identity: 'on' } })
    expect(itemsOf(others.body)).toEqual([])
  })

  it('comes in pages without gaps', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const { body } = await management.call('listAuditEntries', {
        query: { limit: 2, ...(cursor === null ? {} : { cursor }) },
      })
      seen.push(...itemsOf(body).map(({ id }) => id))
      cursor = (body as { nextCursor: string | null }).nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => String(seen.length - index)))
  })

  it('is exported as lines and as a table in which nothing is a formula', async () => {
    const lines = (await management.call('exportAuditEntries', { query: { action: 'service.' } })).text
      .trim()
      .split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Entry).targetName)).toEqual(['one', 'two', 'three', 'two'])
    const { text, headers } = await management.call('exportAuditEntries', { query: { format: 'csv', q: 'token-id' } })
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
    expect(text.split('\r\n')[1]).toContain(
      ',token.revoke,production,token,token-id-1,token-id-1,,"{""revoked"":true}",Found in a log,',
    )
    const { text: services } = await management.call('exportAuditEntries', {
      query: { format: 'csv', action: 'service.' },
    })
    expect(services).not.toMatch(/(?:^|,|\n)[=+@]/)
  })

  it('is intact', async () => {
    const { body } = await management.call('verifyAuditLog')
    const [newest] = itemsOf((await management.call('listAuditEntries', { query: { limit: 1 } })).body) as (Entry & {
      hash: string
    })[]
    expect(body).toMatchObject({ intact: true, entries: Number(newest?.id), head: newest?.hash, brokenAt: null })
  })
})

describe('signing keys', () => {
  it('rotate under an audit entry, and show no private part', async () => {
    const { call } = management
    const params = { environment: 'production' }
    const rotated = await call('rotateSigningKey', { params, body: { purpose: 'token' } })
    const statuses = (rotated.body as { items: { purpose: string; status: string }[] }).items
      .filter(({ purpose }) => purpose === 'token')
      .map(({ status }) => status)
    expect(statuses.sort()).toEqual(['current', 'next', 'previous'])
    expect(
      JSON.stringify((await call('listAuditEntries', { query: { action: 'signing-key.rotate' } })).body),
    ).toContain('keyId')
    const revoked = await call('revokeToken', { params, body: { tokenId: 'token-id-1', reason: 'Again' } })
    expect(revoked.body).toEqual({ revision: null })
  })
})
