import { describe, expect, it } from 'vitest'
import { SampleReport, SignatureReport } from '#lib/contract/machine.ts'
import { tokenAgeBucket } from '#lib/policy/token-age.ts'
import { planSlots } from './plan-slots.ts'
import type { RecordedSignature, RecordedTraffic } from './recorded-traffic.ts'
import { stretchSamples, stretchSignature, type ReplayTerms } from './stretch-signature.ts'

const AGES = Array.from({ length: 17 }, (_, index) => (index < 5 ? 2 : 0))

const refund: RecordedSignature = {
  service: 'payments',
  facts: {
    method: 'POST',
    route: '/refunds',
    mode: 'log-only',
    outcome: 'would-deny',
    reason: 'scope-missing',
    tokenProblem: null,
    callerKind: 'integration',
    caller: 'backoffice',
    callerHint: null,
    issuer: 'stepgate',
    scopes: ['charges:read'],
    missingScopes: ['refunds:create'],
    sender: 'none',
    context: null,
    evaluated: true,
  },
  counts: [0, 1, 3].map((frame) => ({ frame, count: 10, tokenAges: AGES })),
  samples: [
    {
      path: '/refunds',
      address: '127.0.0.1',
      device: null,
      userAgent: 'backoffice/5.2',
      subject: null,
      actors: [],
      tokenId: 'a-token',
      tokenAgeSeconds: 4,
      checks: [],
    },
  ],
}
const report: RecordedSignature = {
  ...refund,
  facts: { ...refund.facts, outcome: 'allowed', reason: null, missingScopes: [], caller: 'reporting' },
  samples: [],
}

const traffic: RecordedTraffic = {
  recordedAt: '2026-11-23T19:00:00.000Z',
  frameSeconds: 30,
  frames: 4,
  weight: 1,
  signatures: [refund, report],
}
const terms: ReplayTerms = {
  traffic,
  issuers: { stepgate: 'http://localhost:3000/e/production', customers: 'http://127.0.0.1:9000' },
  revision: 7,
  steadyCallers: new Set(['reporting']),
  dailyTokenCallers: new Set(['reporting']),
}
const slots = planSlots(new Date('2026-11-23T19:47:00.000Z'), 14)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

describe('a recorded signature stretched over two weeks', () => {
  it('is taken by the contract of decisions, with the issuer and revision of this installation', () => {
    const found = slots.flatMap((slot) => stretchSignature(refund, slot, 2, terms) ?? [])
    expect(found.length).toBeGreaterThan(300)
    for (const item of found)
      expect(SignatureReport.parse(item)).toMatchObject({ issuer: terms.issuers.stepgate, revision: 7 })
  })

  it('is never counted more often than at the busiest hour, and never has more token ages than requests', () => {
    for (const slot of slots) {
      const found = stretchSignature(refund, slot, 1, terms)
      if (found === null) continue
      expect(found.count).toBeLessThanOrEqual(30 * Math.max(1, slot.seconds / 120))
      expect(sum(found.tokenAges ?? [])).toBeLessThanOrEqual(found.count)
    }
  })

  it('of a steady caller keeps its number at night', () => {
    const night = { from: new Date('2026-11-15T03:00:00.000Z'), seconds: 3_600 }
    expect(stretchSignature(report, night, 0, terms)?.count).toBe(30 * 30)
    expect(stretchSignature(refund, night, 0, terms)?.count).toBeLessThan(30 * 10)
  })

  it('of a token that is fetched once a day grows older until the next', () => {
    const ages =
      stretchSignature(report, { from: new Date('2026-11-15T23:00:00.000Z'), seconds: 3_600 }, 0, terms)?.tokenAges ??
      []
    expect(ages[tokenAgeBucket(22.8 * 3_600)]).toBe(sum(ages))
    expect(sum(ages)).toBe(900)
  })

  it('brings few samples, within the slot and with ids of their own', () => {
    const slot = { from: new Date('2026-11-15T12:00:00.000Z'), seconds: 3_600 }
    const samples = stretchSamples(refund, slot, 500, 4)
    expect(samples).toHaveLength(3)
    expect(new Set(samples.map(({ id }) => id)).size).toBe(3)
    for (const sample of samples) {
      expect(SampleReport.parse(sample).signature).toBe(4)
      expect(Date.parse(sample.at) - slot.from.getTime()).toBeLessThan(3_600_000)
    }
    expect(stretchSamples(report, slot, 500, 4)).toEqual([])
  })
})
