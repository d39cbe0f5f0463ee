import { describe, expect, it } from 'vitest'
import { createStaleCache } from './serve-stale.ts'

describe('a value that may be a little old', () => {
  it('is loaded once for many that ask at the same time', async () => {
    const cache = createStaleCache<number>({ freshMs: 60_000, staleMs: 60_000 })
    let loads = 0
    const read = async () => ++loads
    expect(await Promise.all([cache('a', '', read), cache('a', '', read), cache('b', '', read)])).toEqual([1, 1, 2])
    expect(await cache('a', '', read)).toBe(1)
  })

  it('is waited for where loading it is quick: who asks once does not get the old one', async () => {
    const cache = createStaleCache<string>({ freshMs: 60_000, staleMs: 60_000 })
    await cache('a', 'one', async () => 'first')
    expect(await cache('a', 'two', async () => 'second')).toBe('second')
  })

  it('is answered old while a new one is loaded that takes its time', async () => {
    const cache = createStaleCache<string>({ freshMs: 60_000, staleMs: 60_000 })
    const second = Promise.withResolvers<string>()
    await cache('a', 'one', async () => 'first')
    expect(await cache('a', 'two', () => second.promise)).toBe('first')
    second.resolve('second')
    await second.promise
    await new Promise((resolve) => setImmediate(resolve))
    expect(await cache('a', 'two', async () => 'third')).toBe('second')
  })

  it('is waited for when there is none, or only one that is too old', async () => {
    const cache = createStaleCache<number>({ freshMs: -1, staleMs: -1 })
    let loads = 0
    expect([await cache('a', '', async () => ++loads), await cache('a', '', async () => ++loads)]).toEqual([1, 2])
  })

  it('survives a failure to load the next', async () => {
    const cache = createStaleCache<number>({ freshMs: 60_000, staleMs: 60_000 })
    const fail = () => Promise.reject(new Error('away'))
    await expect(cache('a', '', fail)).rejects.toThrow('away')
    expect(await cache('a', 'one', async () => 1)).toBe(1)
    expect(await cache('a', 'two', fail)).toBe(1)
    expect(await cache('a', 'one', fail)).toBe(1)
  })
})
