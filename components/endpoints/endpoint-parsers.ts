// From nuqs/server, which both sides can import: the server reads the address before it sends the page.
import { createParser, debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { METHODS, MODES } from '#lib/policy/vocabulary.ts'
import { ENDPOINT_SORTS, READINESS_ORDER } from './endpoint-filter.ts'

const TYPING_MS = 250

const trimmedText = createParser({ parse: (value) => value.slice(0, 200), serialize: (value: string) => value })

/** What the list shows and in which order, as the address says it. */
export const ENDPOINT_PARSERS = {
  q: trimmedText.withDefault('').withOptions({ limitUrlUpdates: debounce(TYPING_MS) }),
  service: parseAsArrayOf(parseAsString).withDefault([]),
  mode: parseAsArrayOf(parseAsStringLiteral(MODES)).withDefault([]),
  readiness: parseAsArrayOf(parseAsStringLiteral(READINESS_ORDER)).withDefault([]),
  method: parseAsArrayOf(parseAsStringLiteral(METHODS)).withDefault([]),
  sort: parseAsStringLiteral(ENDPOINT_SORTS).withDefault('service'),
  direction: parseAsStringLiteral(['asc', 'desc'] as const).withDefault('asc'),
}
