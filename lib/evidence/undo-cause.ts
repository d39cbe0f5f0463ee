import { isEnforcedFor } from '../policy/evaluate.ts'
import { countOf } from './count-of.ts'
import type { FleetGate } from './fleet.ts'
import { nameSome } from './name-some.ts'

/** A caller that was denied since a change, and that no forecast names. */
export interface UnforeseenCaller {
  readonly callerKey: string
  readonly denied: number
}

/**
 * Who is reason enough to undo a change: denied often enough, and not already before it. Going back does not help a caller that is
 * refused there too. People stand one by one, so that they always count.
 */
export const findUndoCause = (
  change: { readonly from: FleetGate; readonly undoFromDenials: number },
  unforeseen: readonly UnforeseenCaller[],
): UnforeseenCaller[] =>
  unforeseen.filter(
    ({ callerKey, denied }) => denied >= change.undoFromDenials && !isRefusedBefore(callerKey, change.from),
  )

function isRefusedBefore(callerKey: string, { mode, percent }: FleetGate): boolean {
  const [kind, name] = splitKey(callerKey)
  if (kind === 'user' && percent < 100) return false
  return isEnforcedFor(kind === 'anonymous' ? null : name, mode, percent)
}

function splitKey(callerKey: string): [string, string] {
  const colon = callerKey.indexOf(':')
  return [callerKey.slice(0, colon), callerKey.slice(colon + 1)]
}

const NAMES_MAX = 3

/** "legacy (12 requests) and 2 more". */
export const describeUndoCause = (cause: readonly UnforeseenCaller[]): string =>
  nameSome(
    cause.map(({ callerKey, denied }) => `${splitKey(callerKey)[1]} (${countOf(denied, 'request')})`),
    NAMES_MAX,
  )
