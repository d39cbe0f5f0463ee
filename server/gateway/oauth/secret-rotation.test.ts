import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { rewrapSigningKeys } from '#lib/control/signing-key/rewrap-signing-keys.ts'
import { createTransact } from '#lib/control/transaction.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { followSecrets } from '#server/read-secrets.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  grant,
  requestToken,
  startTestGateway,
  TEST_SECRET,
  type Fleet,
} from '../testing/gateway-fixture.ts'

const OLD = { value: TEST_SECRET }
const NEXT = { value: 'the secret that comes next, long enough to be one' }

let database: TestDatabase
let fleet: Fleet

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['storefront', 'orders'] })
  await grant(database, fleet, 'storefront', 'orders', 'orders:read')
})
afterAll(() => database.close())

async function issue({ url }: Gateway): Promise<string> {
  const { status, body } = await requestToken(url, {
    ...{ grant_type: 'client_credentials', client_id: 'storefront', resource: 'orders' },
    client_secret: fleet.secrets['storefront'] ?? '',
  })
  expect(status).toBe(200)
  return String(body['access_token'])
}

/** As a service would, with the keys that a gateway publishes. */
async function requireAccepted(token: string, { url }: Gateway): Promise<void> {
  const keys = (await (await fetch(`${url}/e/production/jwks.json`)).json()) as JSONWebKeySet
  const issuer = 'http://stepgate.test/e/production'
  await expect(jwtVerify(token, createLocalJWKSet(keys), { issuer })).resolves.toBeDefined()
}

const startWith = (current: { value: string }, previous: { value: string } | null): Promise<Gateway> =>
  startTestGateway(database, { secret: current.value, secretSource: current, previousSecretSource: previous })
const rewrap = (current: { value: string }, previous: { value: string }): Promise<number> =>
  rewrapSigningKeys(createTransact(database.prisma), createKeyCipher(followSecrets(current, previous)))

test('the secret is changed under two gateways, one after the other, and every token is accepted everywhere', async () => {
  let [first, second] = await Promise.all([startWith(OLD, NEXT), startWith(OLD, NEXT)])
  const tokens = [await issue(first), await issue(second)]
  await first.close()
  first = await startWith(NEXT, OLD)
  tokens.push(await issue(first), await issue(second))

  expect(await rewrap(NEXT, OLD)).toBe(3)
  expect(await rewrap(NEXT, OLD)).toBe(0)
  tokens.push(await issue(second))
  await second.close()
  second = await startWith(NEXT, null)
  tokens.push(await issue(second))
  for (const token of tokens) for (const gateway of [first, second]) await requireAccepted(token, gateway)
  await Promise.all([first.close(), second.close()])

  const entries = await database.prisma.auditEntry.findMany({ where: { action: 'signing-key.rewrap' } })
  expect(entries).toMatchObject([{ actorName: 'worker', targetName: '3 keys' }])
  expect(JSON.stringify(entries, (_, value: unknown) => (typeof value === 'bigint' ? null : value))).not.toContain(
    NEXT.value,
  )
})

test('the secret from before alone is refused from then on, and the setting is named', async () => {
  await expect(startWith(OLD, null)).rejects.toThrow(/^STEPGATE_SECRET is not the one .+ STEPGATE_SECRET_PREVIOUS\.$/)
})

test('a file with another secret is taken up while the program runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-secret-'))
  const file = join(folder, 'secret')
  const write = (secret: string) => writeFileSync(file, `${secret}\n`)
  write(NEXT.value)
  const cipher = createKeyCipher(followSecrets({ file, setting: 'STEPGATE_SECRET_FILE' }, null))
  const context = { keyId: 'a', purpose: 'token' } as const
  const before = cipher.encrypt(Buffer.from('private'), context)
  write('a third secret, which somebody put into the file')
  expect(cipher.isCurrent(before)).toBe(false)
  expect(cipher.decrypt(before, context).toString()).toBe('private')
  const after = cipher.encrypt(Buffer.from('private'), context)
  expect(cipher.isCurrent(after)).toBe(true)
  expect(() => createKeyCipher(NEXT.value).decrypt(after, context)).toThrow('STEPGATE_SECRET is not the one')
  write('short')
  expect(cipher.decrypt(after, context).toString()).toBe('private')
  rmSync(folder, { recursive: true })
  expect(cipher.isCurrent(after)).toBe(true)
})
