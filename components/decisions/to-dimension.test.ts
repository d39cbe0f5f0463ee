import { describe, expect, it } from 'vitest'
import { toDimension } from './to-dimension.ts'

describe('choosing a series', () => {
  it.each([
    ['outcome', 'would-deny', { outcome: 'would-deny' }],
    ['reason', 'scope-missing', { reason: 'scope-missing' }],
    ['service', 'orders', { service: 'orders' }],
    ['endpoint', '01939f6e-8c1a-7b3e-9d52-6f1f3a2b4c5d', { endpoint: '01939f6e-8c1a-7b3e-9d52-6f1f3a2b4c5d' }],
    ['caller', 'service:billing', { caller: 'service:billing' }],
  ] as const)('by %s filters by it', (by, key, dimension) => {
    expect(toDimension(by, key)).toEqual(dimension)
  })

  it.each([
    ['outcome', 'unevaluated'],
    ['reason', 'a-reason-of-tomorrow'],
    ['service', 'other'],
    ['endpoint', 'undeclared'],
    ['caller', 'other'],
  ] as const)('by %s is not offered for %s, which no filter leaves', (by, key) => {
    expect(toDimension(by, key)).toBeNull()
  })
})
