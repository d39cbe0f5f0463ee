import type { SecurityCode } from '../errors.ts'
import type { EventHub } from '../event-hub.ts'

/** Tells listeners and the log of what an attacker or a broken deployment may be behind. */
export function raiseAlarm(events: EventHub, code: SecurityCode, message: string): void {
  events.log((logger) => logger.error(`stepgate: ${code}: ${message}`))
  events.emit('security', { code, message })
}
