import type { EventHub } from '../event-hub.ts'
import { findNear } from '../near-name.ts'
import type { Environment } from '../setting-reader.ts'

/** Read for the option of STEPGATE_GEO_COUNTRY_DB. */
const SECOND_DATABASE = 'STEPGATE_GEO_ASN_DB'

/** One warning of all variables that nobody reads and that look like one of an option that is not set. */
export function warnOfMisspelled(events: EventHub, variables: readonly string[], env: Environment): void {
  const known = [...variables, SECOND_DATABASE]
  const unset = known.filter((name) => env[name] === undefined)
  const findMeant = (name: string): string | undefined =>
    name.startsWith('STEPGATE_') && !known.includes(name) ? findNear(name, unset) : undefined
  const misspelled = Object.keys(env).filter((name) => findMeant(name) !== undefined)
  const hints = misspelled.map((name) => `${name} is not read, perhaps ${String(findMeant(name))} is meant`)
  if (hints.length > 0) events.log((logger) => logger.warn(`stepgate: ${hints.join('; ')}`))
}
