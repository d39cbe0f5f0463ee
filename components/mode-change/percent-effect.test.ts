import { describe, expect, it } from 'vitest'
import type { CallerEvidence } from '#lib/client/object-types.ts'
import { toPercentEffect, toPercentSentence } from './percent-effect.ts'

const caller = (
  kind: CallerEvidence['caller']['kind'],
  name: string,
  bucketPercent: number | null,
  wouldDeny: number,
): CallerEvidence => ({
  caller: { key: `${kind}:${name}`, kind, name },
  ...{ requests: wouldDeny + 10, allowed: 10, wouldDeny, undetermined: 0, reasons: [], fixes: [], workloads: [] },
  ...{ firstAt: '2026-01-01T00:00:00Z', lastAt: '2026-01-01T00:00:00Z', lastDeniedAt: null, bucketPercent },
})
const callers = [
  caller('service', 'billing', 12.5, 100),
  caller('integration', 'web', 40, 7),
  caller('service', 'search', 80, 0),
  caller('user', 'user@staff', null, 30),
  caller('anonymous', 'curl', null, 5),
]
const item = (from: { mode: 'off' | 'log-only' | 'enforce'; percent: number }) => ({ from, evidence: { callers } })
const LOG_ONLY = item({ mode: 'log-only', percent: 100 })

describe('what a percent of callers carries out', () => {
  it('is who stands below it, and all with the anonymous ones at 100', () => {
    expect(toPercentEffect([LOG_ONLY], 10)).toEqual({
      seen: 3,
      inside: [],
      refused: 0,
      lost: 0,
      losing: [],
      undecided: 30,
    })
    expect(toPercentEffect([LOG_ONLY], 25)).toMatchObject({ inside: ['billing'], lost: 100, losing: ['billing'] })
    expect(toPercentEffect([LOG_ONLY], 100)).toMatchObject({ lost: 142, undecided: 0 })
  })

  it('leaves out whom the present percent refuses already, and counts an identity at several endpoints once', () => {
    expect(toPercentEffect([item({ mode: 'enforce', percent: 25 })], 50)).toMatchObject({
      refused: 107,
      lost: 7,
      losing: ['web'],
    })
    expect(toPercentEffect([LOG_ONLY, LOG_ONLY], 50)).toMatchObject({ seen: 3, inside: ['billing', 'web'], lost: 214 })
  })
})

it('says it in a sentence', () => {
  const at = (percent: number) => toPercentSentence(toPercentEffect([LOG_ONLY], percent), percent)
  expect(at(25)).toContain(
    '1 of the 3 identities seen is in: billing. 100 recorded requests would be refused, of billing.',
  )
  expect(at(25)).toContain('Of 30 more by people')
  expect(at(1)).toContain('none of the 3 identities seen is in. No recorded request would be refused.')
  expect(at(100)).toContain('all 3 identities seen are in. 142 recorded requests')
  const from25 = toPercentEffect([item({ mode: 'enforce', percent: 25 })], 50)
  expect(toPercentSentence(from25, 50)).toContain(
    '7 recorded requests would be refused, of web, beside 100 that are refused already.',
  )
  const from100 = toPercentEffect([item({ mode: 'enforce', percent: 100 })], 100)
  expect(toPercentSentence(from100, 100)).toContain(
    'No other recorded request would be refused, beside 142 that are refused already.',
  )
})
