import { MODES, type Mode } from '#lib/policy/vocabulary.ts'

export interface ModeSetting {
  readonly mode: Mode
  readonly percent: number
}

export type ChangeDirection = 'lowers' | 'raises' | 'same'

const strictness = ({ mode, percent }: ModeSetting): number =>
  mode === 'enforce' ? 1 + percent / 100 : MODES.indexOf(mode)

/** Lowering the gate refuses more than before; raising it refuses less. */
export function changeDirection(from: ModeSetting, to: ModeSetting): ChangeDirection {
  const difference = strictness(to) - strictness(from)
  return difference > 0 ? 'lowers' : difference < 0 ? 'raises' : 'same'
}

export const toModeWords = ({ mode, percent }: ModeSetting): string =>
  mode === 'enforce' && percent < 100 ? `enforce for ${String(percent)} % of callers` : mode

export const PERCENT_STEPS = [1, 5, 10, 25, 50, 100] as const
