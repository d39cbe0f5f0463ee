import { describe, expect, it } from 'vitest'
import type { Credential } from '#lib/client/object-types.ts'
import { toRotation } from './rotation.ts'

const NOW = Date.parse('2026-11-20T12:00:00.000Z')
const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()

function credential(id: string, ageMinutes: number, uses: Record<string, number> = {}, more: Partial<Credential> = {}) {
  const used = Object.entries(uses).map(([workload, minutes]) => ({
    ...{ workload, address: '10.0.0.1', firstAt: minutesAgo(minutes), lastAt: minutesAgo(minutes), count: 1 },
  }))
  return {
    ...{ id, kind: 'client-secret', name: id, hint: id, state: 'live', createdBy: 'somebody', networks: [] },
    ...{ createdAt: minutesAgo(ageMinutes), expiresAt: null, revokedAt: null, uses: used },
    lastUsedAt:
      used
        .map(({ lastAt }) => lastAt)
        .toSorted()
        .at(-1) ?? null,
    ...more,
  } satisfies Credential
}

const rotate = (credentials: readonly Credential[], nextId: string | null = null) =>
  toRotation(credentials, 'old', nextId, NOW)

describe('a rotation', () => {
  it('begins with the next credential, whatever older ones there are', () => {
    expect(rotate([credential('old', 500), credential('older', 900)])).toMatchObject({ step: 'create', next: null })
  })

  it('waits for every program that used the old one in the last day', () => {
    const old = credential('old', 5_000, { api: 20, cron: 700, gone: 3_000 })
    const moves = [
      { workload: 'api', hasMoved: true },
      { workload: 'cron', hasMoved: false },
    ]
    expect(rotate([old, credential('next', 60, { api: 2 })])).toMatchObject({ step: 'deploy', moves, recent: [] })
    expect(rotate([old, credential('next', 60, { api: 2, cron: 1 })])?.step).toBe('revoke')
  })

  it('is not over while the old one was used a moment ago, by whom is said', () => {
    const next = credential('next', 60, { api: 1 })
    expect(rotate([credential('old', 5_000, { api: 10 }), next])).toMatchObject({ step: 'deploy', recent: ['api'] })
    expect(rotate([credential('old', 5_000, { api: 16 }), next])?.step).toBe('revoke')
  })

  it('takes a program back that uses the old one again', () => {
    const pair = [credential('old', 5_000, { api: 17 }), credential('next', 60, { api: 30 })]
    expect(rotate(pair)?.moves).toMatchObject([{ workload: 'api', hasMoved: false }])
    expect(rotate(pair)?.step).toBe('deploy')
  })

  it('goes to a credential of another kind, the youngest unless another is chosen', () => {
    const key = credential('key', 30, {}, { kind: 'public-key' })
    const all = [
      credential('old', 500),
      key,
      credential('secret', 60),
      credential('dead', 10, {}, { state: 'revoked' }),
    ]
    expect(rotate(all)?.next?.id).toBe('key')
    expect(rotate(all, 'secret')?.next?.id).toBe('secret')
    expect(rotate(all, 'dead')?.next?.id).toBe('key')
  })

  it('is done when the old one is revoked, and nothing when it is unknown', () => {
    expect(rotate([credential('old', 500, {}, { state: 'revoked' }), credential('next', 5)])?.step).toBe('done')
    expect(rotate([])).toBeNull()
  })
})
