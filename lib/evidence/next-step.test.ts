import { expect, test } from 'vitest'
import { judgeSilence } from './judge-silence.ts'
import { toNextStep } from './next-step.ts'

const CAUSES = [
  { kind: 'callers-denied', title: 'billing would be denied.', blocking: true },
  { kind: 'few-requests', title: 'Only 12 requests.', blocking: true },
  { kind: 'shared-credential', title: 'Somebody shares.', blocking: false },
] as const

test('an endpoint is lowered where it is ready, else its callers are fixed or evidence gathered', () => {
  expect(toNextStep('ready', []).kind).toBe('lower')
  expect(toNextStep('not-ready', CAUSES)).toEqual({ kind: 'fix-callers', details: ['billing would be denied.'] })
  expect(toNextStep('not-enough-evidence', CAUSES.slice(1))).toEqual({
    kind: 'gather-evidence',
    details: ['Only 12 requests.'],
  })
})

test('a service is silent when it never started, polls no longer, or has reported nothing for a day', () => {
  const now = new Date('2026-01-10T12:00:00Z')
  const signs = { liveInstances: 2, lastSeenAt: now, lastDecisionAt: new Date('2026-01-10T09:00:00Z'), now }
  expect(judgeSilence(signs)).toBeNull()
  expect(judgeSilence({ ...signs, lastDecisionAt: new Date('2026-01-09T12:00:00Z') })).toBe('no-traffic')
  expect(judgeSilence({ ...signs, lastDecisionAt: null })).toBe('no-traffic')
  expect(judgeSilence({ ...signs, liveInstances: 0 })).toBe('not-polling')
  expect(judgeSilence({ ...signs, liveInstances: 0, lastSeenAt: null })).toBe('never-started')
})
