import type { EventHub, StepgateDenialEvent, StepgateLogDetails } from '../event-hub.ts'
import type { DecisionLog } from './decision-log.ts'

const LINES_MAX = 50
const WINDOW_MS = 10_000

/** A would-be denial is no warning, but must not get lost with a logger that knows no `info`. */
function logDenial(events: EventHub, level: 'info' | 'warn', message: string, details: StepgateLogDetails): void {
  events.log((logger) => {
    if (level === 'info' && logger.info !== undefined) logger.info(details, message)
    else logger.warn(details, message)
  })
}

/**
 * Writes a line for each denial, at most 50 in 10 seconds: whoever can cause denials must not be able to fill a disk. How
 * many were left out is said by the next line that is written.
 */
export function logDecisions(events: EventHub, choice: DecisionLog): void {
  let [windowEndMs, lines, suppressed] = [0, 0, 0]

  const write = (level: 'info' | 'warn', event: string, denial: StepgateDenialEvent): void => {
    if (Date.now() >= windowEndMs) [windowEndMs, lines] = [Date.now() + WINDOW_MS, 0]
    if (++lines > LINES_MAX) {
      suppressed++
      return
    }
    const { decisionId, method, route, caller, reason } = denial
    logDenial(events, level, `stepgate: ${event}`, {
      event,
      decisionId,
      method,
      route,
      caller,
      reason,
      ...(suppressed === 0 ? {} : { suppressed }),
    })
    suppressed = 0
  }

  if (choice !== 'none') events.on('decision-denied', (denial) => write('warn', 'request denied', denial))
  if (choice === 'all')
    events.on('decision-would-deny', (denial) => write('info', 'request would have been denied', denial))
}
