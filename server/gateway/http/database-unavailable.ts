const CONNECTION_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** Connection exceptions, insufficient resources, operator intervention (PostgreSQL, appendix A); read-only after a failover. */
const SQL_STATES = /^(08|53|57P)|^25006$/
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'])
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end/

/** Whether the failure is the database being away or busy, as opposed to something being wrong with the request or with us. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const seen = new Set<unknown>()
  let cause = error
  while (typeof cause === 'object' && cause !== null && !seen.has(cause)) {
    seen.add(cause)
    if (isConnectionFailure(cause)) return true
    cause = 'cause' in cause ? cause.cause : undefined
  }
  return false
}

function isConnectionFailure(error: object): boolean {
  const code = 'code' in error ? String(error.code) : ''
  const message = 'message' in error ? String(error.message) : ''
  if (CONNECTION_FAILURES.has(code) || PRISMA_CODES.has(code) || MESSAGES.test(message)) return true
  return (
    ('severity' in error || 'originalCode' in error) &&
    SQL_STATES.test('originalCode' in error ? String(error.originalCode) : code)
  )
}
