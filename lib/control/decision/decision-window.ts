import { ControlError } from '../control-error.ts'

const HOUR_MS = 3_600_000
/** What is kept: asking for more would answer less than it seems. */
const WINDOW_DAYS_MAX = 31

/** The window of a question: the last 24 hours unless it says otherwise. */
export function toDecisionWindow(
  query: { from?: string | undefined; to?: string | undefined },
  now = new Date(),
): { from: Date; to: Date } {
  const to = query.to === undefined ? now : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - 24 * HOUR_MS) : new Date(query.from)
  if (from >= to) refuse('from', 'must be before to')
  if (to.getTime() - from.getTime() > WINDOW_DAYS_MAX * 24 * HOUR_MS)
    refuse('from', `must be at most ${WINDOW_DAYS_MAX} days before to`)
  return { from, to }
}

function refuse(name: string, detail: string): never {
  throw new ControlError('invalid-request', `query/${name}: ${detail}.`, [{ pointer: `query/${name}`, detail }])
}
