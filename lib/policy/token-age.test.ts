import { describe, expect, it } from 'vitest'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from './token-age.ts'
import { TOKEN_AGE_EDGES_SECONDS } from './vocabulary.ts'

describe('tokenAgeBucket', () => {
  it('counts an edge into its own bucket and what lies above into the next', () => {
    TOKEN_AGE_EDGES_SECONDS.forEach((edge, index) => {
      expect(tokenAgeBucket(edge)).toBe(index)
      expect(tokenAgeBucket(edge + 0.001)).toBe(index + 1)
    })
  })

  it('has a first bucket for clocks that run ahead and a last one for everything older', () => {
    expect(tokenAgeBucket(-60)).toBe(0)
    expect(tokenAgeBucket(1e9)).toBe(TOKEN_AGE_BUCKETS - 1)
  })
})
