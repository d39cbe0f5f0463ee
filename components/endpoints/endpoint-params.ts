'use client'
import { useQueryStates } from 'nuqs'
import type { EndpointFilter } from './endpoint-filter.ts'
import { ENDPOINT_PARSERS } from './endpoint-parsers.ts'

/** What the list shows and in which order: kept in the address. */
export function useEndpointParams() {
  const [filter, setParams] = useQueryStates(ENDPOINT_PARSERS, { history: 'replace', shallow: true })
  const setFilter = (change: Partial<EndpointFilter>) => void setParams(toMutable(change))
  const clear = () => void setParams({ q: null, service: null, mode: null, readiness: null, method: null })
  const isFiltered =
    filter.q !== '' || [filter.service, filter.mode, filter.readiness, filter.method].some((list) => list.length > 0)
  return { filter: filter as EndpointFilter, setFilter, clear, isFiltered }
}

type Params = Parameters<ReturnType<typeof useQueryStates<typeof ENDPOINT_PARSERS>>[1]>[0]
const toMutable = (change: Partial<EndpointFilter>) => change as Params & object // the same words; nuqs wants writable lists
