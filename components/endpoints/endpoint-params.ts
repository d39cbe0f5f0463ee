'use client'
import { createParser, debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { METHODS, MODES } from '#lib/policy/vocabulary.ts'
import { ENDPOINT_SORTS, READINESS_ORDER, type EndpointFilter } from './endpoint-filter.ts'

const TYPING_MS = 250

const trimmedText = createParser({ parse: (value) => value.slice(0, 200), serialize: (value: string) => value })

const PARSERS = {
  q: trimmedText.withDefault('').withOptions({ limitUrlUpdates: debounce(TYPING_MS) }),
  service: parseAsArrayOf(parseAsString).withDefault([]),
  mode: parseAsArrayOf(parseAsStringLiteral(MODES)).withDefault([]),
  readiness: parseAsArrayOf(parseAsStringLiteral(READINESS_ORDER)).withDefault([]),
  method: parseAsArrayOf(parseAsStringLiteral(METHODS)).withDefault([]),
  sort: parseAsStringLiteral(ENDPOINT_SORTS).withDefault('service'),
  direction: parseAsStringLiteral(['asc', 'desc'] as const).withDefault('asc'),
}

/** What the list shows and in which order: kept in the address. */
export function useEndpointParams() {
  const [filter, setParams] = useQueryStates(PARSERS, { history: 'replace', shallow: true })
  const setFilter = (change: Partial<EndpointFilter>) => void setParams(toMutable(change))
  const clear = () => void setParams({ q: null, service: null, mode: null, readiness: null, method: null })
  const isFiltered =
    filter.q !== '' || [filter.service, filter.mode, filter.readiness, filter.method].some((list) => list.length > 0)
  return { filter: filter as EndpointFilter, setFilter, clear, isFiltered }
}

type Params = Parameters<ReturnType<typeof useQueryStates<typeof PARSERS>>[1]>[0]
const toMutable = (change: Partial<EndpointFilter>) => change as Params & object // the same words; nuqs wants writable lists
