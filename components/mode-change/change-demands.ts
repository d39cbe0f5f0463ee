import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { changeDirection, type ModeSetting } from './change-direction.ts'

interface DemandedChange {
  readonly from: ModeSetting
  readonly to: ModeSetting
}

/** What a person has to say before a change is made. */
export interface ChangeDemands {
  /** Somebody would be denied, or nobody knows: it has to be accepted, with a reason. */
  readonly acknowledgement: boolean
  readonly reason: boolean
}

export const isUnchanged = (changes: readonly DemandedChange[]): boolean =>
  changes.every(({ from, to }) => changeDirection(from, to) === 'same')

/** Some request would be refused that is not now. */
export const lowersGate = (changes: readonly DemandedChange[]): boolean =>
  changes.some(({ from, to }) => to.mode === 'enforce' && changeDirection(from, to) === 'lowers')

/** Lowering the gate asks for evidence or for an acknowledgement; raising it asks for a reason alone, so that it is always at hand. */
export function changeDemands(items: ModeChangePreview['items']): ChangeDemands {
  const lowered = items.filter(({ from, to }) => to.mode === 'enforce' && changeDirection(from, to) === 'lowers')
  const acknowledgement = lowered.some(
    ({ evidence, deniedCallers }) => evidence.readiness !== 'ready' || deniedCallers.length > 0,
  )
  return {
    acknowledgement,
    reason: acknowledgement || items.some(({ from, to }) => changeDirection(from, to) === 'raises'),
  }
}

export interface DeniedCaller {
  readonly key: string
  readonly caller: ModeChangePreview['items'][number]['deniedCallers'][number]['caller']
  readonly wouldDeny: number
  readonly endpoints: number
}

/** The same caller at several endpoints, once. Those who lose most come first. */
export function groupDeniedCallers(items: ModeChangePreview['items']): DeniedCaller[] {
  const groups = new Map<string, DeniedCaller>()
  for (const { deniedCallers } of items) {
    for (const { caller, wouldDeny } of deniedCallers) {
      const known = groups.get(caller.key)
      groups.set(caller.key, {
        key: caller.key,
        caller,
        wouldDeny: (known?.wouldDeny ?? 0) + wouldDeny,
        endpoints: (known?.endpoints ?? 0) + 1,
      })
    }
  }
  return [...groups.values()].sort(
    (left, right) => right.wouldDeny - left.wouldDeny || left.key.localeCompare(right.key),
  )
}
