import type { ReplayDraft } from '#lib/client/object-types.ts'

type LifetimeDraft = Extract<ReplayDraft, { kind: 'lifetimes' }>

const isLifetime = (seconds: number | null): boolean =>
  seconds === null || (Number.isInteger(seconds) && seconds >= 30 && seconds <= 86_400)

/** A draft of one lifetime; null while it is what it was, or none yet. */
export const toLifetimeDraft = (
  seconds: number | null,
  present: number | null,
  toDraft: (seconds: number | null) => Omit<LifetimeDraft, 'kind'>,
): LifetimeDraft | null =>
  seconds === present || !isLifetime(seconds) ? null : { kind: 'lifetimes', ...toDraft(seconds) }
