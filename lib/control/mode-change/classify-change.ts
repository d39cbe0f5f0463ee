import type { Mode } from '../../policy/vocabulary.ts'

export interface Gate {
  readonly mode: Mode
  /** 100 unless the mode is enforce. */
  readonly percent: number
}

/** `lowering` refuses requests that passed before; `going-back` lets requests pass that were refused; `neutral` changes no answer. */
export type ChangeKind = 'none' | 'lowering' | 'going-back' | 'neutral'

export const toGate = (mode: Mode, percent: number): Gate => ({ mode, percent: mode === 'enforce' ? percent : 100 })

const enforcedPercent = ({ mode, percent }: Gate): number => (mode === 'enforce' ? percent : 0)

export function classifyChange(from: Gate, to: Gate): ChangeKind {
  const difference = enforcedPercent(to) - enforcedPercent(from)
  if (difference > 0) return 'lowering'
  if (difference < 0) return 'going-back'
  return from.mode === to.mode ? 'none' : 'neutral'
}
