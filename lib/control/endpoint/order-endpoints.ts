import type { z } from 'zod'
import type { EndpointQuery } from '../../contract/endpoint.ts'
import { MODES } from '../../policy/vocabulary.ts'
import type { EndpointAnswer } from './to-endpoint.ts'

type Query = z.output<typeof EndpointQuery>
type Compare = (a: EndpointAnswer, b: EndpointAnswer) => number

const byText =
  (of: (endpoint: EndpointAnswer) => string): Compare =>
  (a, b) =>
    of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0
const byNumber =
  (of: (endpoint: EndpointAnswer) => number): Compare =>
  (a, b) =>
    of(a) - of(b)

const requests = ({ last24Hours }: EndpointAnswer): number =>
  last24Hours.allowed + last24Hours['would-deny'] + last24Hours.denied + last24Hours.unevaluated
const refusals = ({ last24Hours }: EndpointAnswer): number => last24Hours['would-deny'] + last24Hours.denied

const byService = byText(({ serviceSlug }) => serviceSlug)
const byRoute = byText(({ route }) => route)
const byMethod = byText(({ method }) => method)

const ORDERS: Record<Query['sort'], Compare[]> = {
  service: [],
  route: [byRoute],
  mode: [byNumber(({ mode }) => MODES.indexOf(mode)), byNumber(({ percent }) => percent)],
  requests: [byNumber(requests)],
  'would-deny': [byNumber(refusals), byNumber(({ wouldDenyCallers }) => wouldDenyCallers)],
  updated: [byText(({ updatedAt }) => updatedAt)],
}

/** Ties fall back to service, route and method, whatever the direction: equal rows never swap between pages. */
export function orderEndpoints(
  endpoints: readonly EndpointAnswer[],
  { sort, direction }: Pick<Query, 'sort' | 'direction'>,
): EndpointAnswer[] {
  const sign = direction === 'asc' ? 1 : -1
  const natural = [byService, byRoute, byMethod]
  const orders =
    sort === 'service'
      ? [signed(byService, sign), byRoute, byMethod]
      : [...ORDERS[sort].map((order) => signed(order, sign)), ...natural]
  return endpoints.toSorted((a, b) => firstDifference(orders, a, b))
}

const signed =
  (order: Compare, sign: 1 | -1): Compare =>
  (a, b) =>
    sign * order(a, b)

function firstDifference(orders: readonly Compare[], a: EndpointAnswer, b: EndpointAnswer): number {
  for (const order of orders) {
    const difference = order(a, b)
    if (difference !== 0) return difference
  }
  return 0
}
