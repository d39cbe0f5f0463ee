import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestControl, type TestControl } from './test-control.ts'
import type { Tx } from './context.ts'

let control: TestControl
beforeAll(async () => {
  control = await createTestControl()
})
afterAll(() => control.database.close())

describe('a transaction', () => {
  it('is tried again when Postgres ends it to resolve a deadlock', async () => {
    const { transact, database } = control.ctx
    const rename = (tx: Tx, slug: string) =>
      tx.environment.update({ where: { slug }, data: { position: { increment: 1 } } })
    const met = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()] as const
    let attempts = 0
    const cross = (own: 0 | 1, first: string, second: string) =>
      transact(async (tx) => {
        attempts++
        await rename(tx, first)
        met[own].resolve(undefined)
        await met[own === 0 ? 1 : 0].promise
        await rename(tx, second)
      })
    const before = await database.environment.findMany({ orderBy: { slug: 'asc' } })
    await Promise.all([cross(0, 'production', 'staging'), cross(1, 'staging', 'production')])
    const after = await database.environment.findMany({ orderBy: { slug: 'asc' } })
    expect(after.map(({ position }) => position)).toEqual(before.map(({ position }) => position + 2))
    expect(attempts).toBe(3)
  })

  it('leaves nothing of work that throws', async () => {
    const { transact, database } = control.ctx
    const failing = transact(async (tx) => {
      await tx.service.create({ data: { slug: 'half', name: 'Half' } })
      throw new Error('on the way')
    })
    await expect(failing).rejects.toThrow('on the way')
    expect(await database.service.count({ where: { slug: 'half' } })).toBe(0)
  })
})
