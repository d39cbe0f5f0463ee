import { createLoader, type SearchParams } from 'nuqs/server'
import { endpointsQuery, toEndpointsInput } from '#lib/client/endpoints.ts'
import { toFirstScreenQuery, withinService } from '@/components/endpoints/endpoint-list-query.ts'
import { ENDPOINT_PARSERS } from '@/components/endpoints/endpoint-parsers.ts'
import type { FirstQuestion } from './first-answers.tsx'
import { gateway } from './gateway.ts'

const loadFilter = createLoader(ENDPOINT_PARSERS)

/** The first screenful of the list of endpoints, filtered and sorted as the address says. */
export function firstEndpoints(environment: string, search: SearchParams, service?: string): FirstQuestion {
  const query = toFirstScreenQuery(withinService(loadFilter(search), service))
  return {
    queryKey: endpointsQuery(environment, query).queryKey,
    queryFn: () => gateway('listEndpoints', toEndpointsInput(environment, query)),
  }
}
