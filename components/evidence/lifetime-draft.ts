import type { ReplayDraft } from '#lib/client/object-types.ts'
import { TOKEN_LIFETIME_SECONDS_MAX, TOKEN_LIFETIME_SECONDS_MIN } from '#lib/policy/vocabulary.ts'

type LifetimeDraft = Extract<ReplayDraft, { kind: 'lifetimes' }>

export const isLifetime = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= TOKEN_LIFETIME_SECONDS_MIN && seconds <= TOKEN_LIFETIME_SECONDS_MAX

/** A draft of one lifetime; null while it is what it was, or none yet. */
export const toLifetimeDraft = (
  seconds: number | null,
  present: number | null,
  toDraft: (seconds: number | null) => Omit<LifetimeDraft, 'kind'>,
): LifetimeDraft | null =>
  seconds === present || (seconds !== null && !isLifetime(seconds)) ? null : { kind: 'lifetimes', ...toDraft(seconds) }
