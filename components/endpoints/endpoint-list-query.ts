import type { EndpointFilter as ListQuery } from '#lib/client/endpoints.ts'
import type { EndpointFilter } from './endpoint-filter.ts'

const FIRST_SCREEN = 60

/** What is shown, as the management API is asked for it. */
export const toListQuery = ({ q, service, mode, readiness, method, sort, direction }: EndpointFilter): ListQuery => ({
  q,
  service: [...service],
  mode: [...mode],
  readiness: [...readiness],
  method: [...method],
  sort,
  direction,
})

/** The first of them: the server asks for these before it sends the page, under the key by which the browser looks for them. */
export const toFirstScreenQuery = (filter: EndpointFilter): ListQuery => ({
  ...toListQuery(filter),
  limit: FIRST_SCREEN,
})

/** A service's own list shows nothing of others, whatever the address says. */
export const withinService = (filter: EndpointFilter, service: string | undefined): EndpointFilter =>
  service === undefined ? filter : { ...filter, service: [service] }
