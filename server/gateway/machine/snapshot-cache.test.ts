import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createEnvironmentCatalog } from '../environment-catalog.ts'
import { createFleet, publish, TEST_SECRET, type Fleet } from '../testing/gateway-fixture.ts'
import { createSnapshotCache, type CachedSnapshot, type SnapshotCache } from './snapshot-cache.ts'

let database: TestDatabase
let fleet: Fleet

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { services: ['orders'] })
})
afterAll(() => database.close())

async function createCache(onChanged: (snapshot: CachedSnapshot) => void): Promise<SnapshotCache> {
  const environments = createEnvironmentCatalog(database.prisma, createKeyCipher(TEST_SECRET))
  await environments.loadAll()
  return createSnapshotCache({ pool: database.pool, environments, commonHeaders: {}, onChanged })
}

const orders = () => ({
  environmentId: fleet.environmentId,
  environmentSlug: fleet.environmentSlug,
  serviceId: fleet.serviceIds['orders'] ?? '',
  serviceSlug: 'orders',
})

test('whoever waits is woken by another configuration, not by the same one read twice', async () => {
  const woken: string[] = []
  const cache = await createCache(({ etag }) => woken.push(etag))
  const [loaded] = await Promise.all([cache.load(orders()), cache.refresh(fleet.environmentId), cache.load(orders())])
  expect(woken).toEqual([loaded.etag])

  await database.prisma.endpoint.create({
    data: {
      environmentId: fleet.environmentId,
      serviceId: orders().serviceId,
      method: 'GET',
      route: '/',
      source: 'manual',
    },
  })
  await publish(database, fleet.environmentId)
  await cache.refresh(fleet.environmentId)
  expect(woken).toEqual([loaded.etag, cache.find(orders())?.etag])
  expect(cache.find(orders())?.etag).not.toBe(loaded.etag)
})
