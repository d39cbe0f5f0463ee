/** The answer to a request that may not reach its handler. */
export interface Refusal {
  readonly refused: true
  readonly status: 401 | 403 | 429 | 503
  /** Without the length of the body, which servers of the web add themselves. */
  readonly headers: Readonly<Record<string, string>>
  /** A problem document (RFC 9457). */
  readonly body: string
}

const RETRY_AFTER_SECONDS = 5
const TITLES = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'Too Many Requests', 503: 'Service Unavailable' } as const

const problem = (status: Refusal['status'], members: object): string =>
  JSON.stringify({ type: 'about:blank', title: TITLES[status], status, ...members })

export function toRefusal(status: Refusal['status'], headers: Record<string, string>, members: object): Refusal {
  const body = problem(status, members)
  const common = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  }
  return { refused: true, status, headers: { ...common, ...headers }, body }
}

/** Refuses a request that cannot be decided, for want of a configuration. */
export const CLOSED: Refusal = toRefusal(
  503,
  { 'retry-after': String(RETRY_AFTER_SECONDS) },
  { detail: 'This service is not ready to verify requests.' },
)
