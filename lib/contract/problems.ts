/** The catalogue of problems (RFC 9457): code, HTTP status and title. The manual lists exactly these. */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit the contract',
  },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of ours' },
  unauthenticated: { status: 401, title: 'Sign in, or send an API token' },
  'session-expired': { status: 401, title: 'The session has ended' },
  'sign-in-failed': { status: 401, title: 'E-mail or password is wrong' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  'cross-site': { status: 403, title: 'The request comes from another site' },
  'not-found': { status: 404, title: 'There is no such object' },
  'route-not-found': { status: 404, title: 'There is no such route' },
  'method-not-allowed': {
    status: 405,
    title: 'The route does not have this method',
  },
  'already-exists': { status: 409, title: 'An object of this name exists' },
  conflict: {
    status: 409,
    title: 'The request conflicts with the present state',
  },
  'in-use': { status: 409, title: 'The object is in use' },
  'evidence-required': {
    status: 409,
    title: 'The change needs a fresh look at its evidence',
  },
  'setup-done': { status: 409, title: 'An administrator exists already' },
  'idempotency-mismatch': {
    status: 409,
    title: 'The idempotency key belongs to another request',
  },
  'version-mismatch': {
    status: 412,
    title: 'Somebody changed the object meanwhile',
  },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has the wrong media type',
  },
  'invalid-value': { status: 422, title: 'A value is refused' },
  'link-invalid': {
    status: 422,
    title: 'The link is invalid, used or expired',
  },
  'version-required': {
    status: 428,
    title: 'Say which version you change (If-Match)',
  },
  'too-many-requests': { status: 429, title: 'Too many attempts' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'The database cannot be reached' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** URI of a problem's kind. */
export const problemType = (code: ProblemCode): string => `urn:stepgate:problem:${code}`
