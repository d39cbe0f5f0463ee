import { randomUUID } from 'node:crypto'
import { createPostgresDecisionStore } from '../store/decisions/postgres-decision-store.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import type { Actor, Role } from './actor.ts'
import type { ControlContext } from './context.ts'
import { createEnvironment } from './environment/create-environment.ts'
import { createKeyCipher } from './signing-key/key-cipher.ts'
import { createTransact } from './transaction.ts'

export interface TestControl {
  readonly ctx: ControlContext
  readonly database: TestDatabase
  readonly administrator: Actor
  readonly operator: Actor
  readonly viewer: Actor
}

/** A database with the environments `production` and `staging`, and somebody of each role. */
export async function createTestControl(overrides: Partial<ControlContext> = {}): Promise<TestControl> {
  const database = await createTestDatabase()
  const ctx: ControlContext = {
    database: database.prisma,
    pool: database.pool,
    decisions: createPostgresDecisionStore(database.pool),
    transact: createTransact(database.prisma),
    publicUrl: 'http://localhost:3000',
    keyCipher: createKeyCipher('a secret of tests, long enough to be one'),
    previewKey: Buffer.alloc(32, 7),
    refreshKey: Buffer.alloc(32, 9),
    oidc: null,
    ...overrides,
  }
  await database.prisma.installation.upsert({ where: { id: 1 }, create: { id: 1 }, update: {} })
  const [administrator, operator, viewer] = [testActor('administrator'), testActor('operator'), testActor('viewer')]
  await createEnvironment(ctx, administrator, { slug: 'production', name: 'Production' })
  await createEnvironment(ctx, administrator, { slug: 'staging', name: 'Staging' })
  return { ctx, database, administrator, operator, viewer }
}

export function testActor(role: Role): Actor {
  const id = randomUUID()
  return { kind: 'account', id, name: `Some ${role}`, role, accountId: id, requestId: 'test-request' }
}
