import { expect, it } from 'vitest'
import { toApiPath, toApiRequest } from './api-request.ts'

const id = '01a20a16-c4b5-7270-a1b4-ae02a123fdd5'

it('puts parameters into the path, encoded', () => {
  expect(toApiPath('getService', { params: { environment: 'production', service: 'a/b' } })).toBe(
    '/api/v1/environments/production/services/a%2Fb',
  )
})

it('joins lists and leaves out what is absent or empty', () => {
  const query = { mode: ['off', 'enforce'], service: [], q: '', limit: 10, method: undefined } as const
  expect(
    toApiPath('listEndpoints', {
      params: { environment: 'production' },
      query: { ...query, mode: [...query.mode], service: [...query.service] },
    }),
  ).toBe('/api/v1/environments/production/endpoints?mode=off%2Cenforce&limit=10')
})

it('sends the version of the object as If-Match, quoted', () => {
  const { init } = toApiRequest('updateService', {
    params: { service: 'orders' },
    body: { name: 'Orders' },
    ifMatch: 7,
  })
  expect(init.method).toBe('PATCH')
  expect(new Headers(init.headers).get('if-match')).toBe('"7"')
  expect(init.body).toBe('{"name":"Orders"}')
})

it('gives each create its own idempotency key, unless it is told one', () => {
  const keyOf = (idempotencyKey?: string) => {
    const input = {
      body: { slug: 'orders', name: 'Orders' },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    }
    return new Headers(toApiRequest('createService', input).init.headers).get('idempotency-key')
  }
  expect(keyOf()).toMatch(/^[0-9a-f]{32}$/)
  expect(keyOf()).not.toBe(keyOf())
  expect(keyOf('mine')).toBe('mine')
})

it('sends neither body nor key with a read', () => {
  const { init } = toApiRequest('getSample', { params: { environment: 'production', id } })
  expect([...new Headers(init.headers).keys()]).toEqual(['accept'])
  expect(init.body).toBeUndefined()
})
