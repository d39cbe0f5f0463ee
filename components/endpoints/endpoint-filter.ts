import type { Endpoint, Readiness } from '#lib/client/object-types.ts'
import { MODES, type Mode } from '#lib/policy/vocabulary.ts'

export const ENDPOINT_SORTS = ['service', 'route', 'mode', 'requests', 'would-deny', 'updated'] as const
export type EndpointSort = (typeof ENDPOINT_SORTS)[number]
export const READINESS_ORDER = ['not-ready', 'not-enough-evidence', 'ready'] as const satisfies readonly Readiness[]

export interface EndpointFilter {
  readonly q: string
  readonly service: readonly string[]
  readonly mode: readonly Mode[]
  readonly readiness: readonly Readiness[]
  readonly method: readonly string[]
  readonly sort: EndpointSort
  readonly direction: 'asc' | 'desc'
}

const isAmong = <Value>(list: readonly Value[], value: Value): boolean => list.length === 0 || list.includes(value)

function matches(endpoint: Endpoint, filter: EndpointFilter, words: readonly string[]): boolean {
  if (!isAmong(filter.service, endpoint.serviceSlug) || !isAmong(filter.mode, endpoint.mode)) return false
  if (!isAmong(filter.readiness, endpoint.readiness) || !isAmong(filter.method, endpoint.method)) return false
  if (words.length === 0) return true
  const text = `${endpoint.method} ${endpoint.route} ${endpoint.serviceSlug} ${endpoint.serviceName}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

export const requestCount = ({ last24Hours }: Pick<Endpoint, 'last24Hours'>): number =>
  last24Hours.allowed + last24Hours['would-deny'] + last24Hours.denied + last24Hours.unevaluated

/** Off first; within enforce, the fewer callers it holds for the earlier. */
const modeRank = ({ mode, percent }: Endpoint): number =>
  MODES.indexOf(mode) * 1_000 + (mode === 'enforce' ? percent : 0)

const SORT_KEYS: Readonly<Record<EndpointSort, (endpoint: Endpoint) => string | number>> = {
  service: ({ serviceSlug }) => serviceSlug,
  route: ({ route }) => route,
  mode: modeRank,
  requests: requestCount,
  'would-deny': ({ last24Hours }) => last24Hours['would-deny'] + last24Hours.denied,
  updated: ({ updatedAt }) => updatedAt,
}

const compare = (left: string | number, right: string | number): number => (left < right ? -1 : left > right ? 1 : 0)

/** The order of equal ones, so that a list never jumps between two readings. */
const compareNames = (left: Endpoint, right: Endpoint): number =>
  compare(left.serviceSlug, right.serviceSlug) || compare(left.route, right.route) || compare(left.method, right.method)

export function filterEndpoints(endpoints: readonly Endpoint[], filter: EndpointFilter): Endpoint[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean)
  const key = SORT_KEYS[filter.sort]
  const sign = filter.direction === 'asc' ? 1 : -1
  return endpoints
    .filter((endpoint) => matches(endpoint, filter, words))
    .sort((left, right) => sign * compare(key(left), key(right)) || compareNames(left, right))
}

/** The order may change between two pages: what has moved down comes twice. */
export function withoutRepeats(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpoint.id, endpoint])).values()]
}

/** Services of which some endpoint waits for its instances. */
export const pendingServices = (endpoints: readonly Endpoint[], max = 50): string[] =>
  [
    ...new Set(
      endpoints.filter(({ confirmation }) => confirmation.state === 'pending').map(({ serviceSlug }) => serviceSlug),
    ),
  ]
    .sort()
    .slice(0, max)
