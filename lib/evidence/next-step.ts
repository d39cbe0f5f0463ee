import type { Cause, Readiness } from './readiness.ts'

export interface NextStep {
  /** `lower`: nothing stands against it. `fix-callers`: somebody would be denied. `gather-evidence`: too little is known. */
  readonly kind: 'lower' | 'fix-callers' | 'gather-evidence'
  /** What to do, a sentence each. */
  readonly details: readonly string[]
}

const KINDS = {
  ready: 'lower',
  'not-ready': 'fix-callers',
  'not-enough-evidence': 'gather-evidence',
} as const satisfies Record<Readiness, NextStep['kind']>

/** What brings an endpoint in log-only forward. */
export function toNextStep(readiness: Readiness, causes: readonly Cause[]): NextStep {
  if (readiness === 'ready') return { kind: 'lower', details: ['Nothing that was recorded would be denied.'] }
  const isTold = ({ kind, blocking }: Cause): boolean =>
    readiness === 'not-ready' ? kind === 'callers-denied' : blocking
  return { kind: KINDS[readiness], details: causes.filter(isTold).map(({ title }) => title) }
}
