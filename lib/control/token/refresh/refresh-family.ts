import type { Subject } from '../decide-exchange.ts'

/** All refresh tokens that descend from one answer: a session. */
export interface RefreshFamily {
  readonly id: string
  readonly audience: string
  /** What was granted at the start; no later token says more. */
  readonly scopes: readonly string[]
  /** The person on whose behalf the session was begun; null for the identity’s own. */
  readonly subject: SessionSubject | null
  readonly idleSeconds: number
  readonly endsAt: Date
}

export type SessionSubject = Pick<Subject, 'sub' | 'scopes' | 'act'> & {
  readonly subjectId: NonNullable<Subject['subjectId']>
}
