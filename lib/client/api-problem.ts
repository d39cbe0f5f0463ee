import type { Problem } from '../contract/primitives.ts'
import type { ProblemCode } from '../contract/problems.ts'

export interface FieldProblem {
  /** Name of the field as forms know it: `rule.requirements.0.seconds`. */
  readonly field: string
  readonly detail: string
}

/** A refusal of the management API, or that it could not be reached (`code` is then `unreachable`). */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: ProblemCode | 'unreachable'
  readonly title: string
  readonly requestId: string | null
  readonly fields: readonly FieldProblem[]

  constructor(problem: Omit<Problem, 'type'>) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiProblem'
    this.status = problem.status
    this.code = problem.code as ApiProblem['code'] // the gateway answers with codes of the catalogue only
    this.title = problem.title
    this.requestId = problem.instance ?? null
    this.fields = (problem.errors ?? []).map(({ pointer, detail }) => ({ field: toFieldName(pointer), detail }))
  }
}

/** `/rule/requirements/0` becomes `rule.requirements.0`; `query/limit` becomes `limit`. */
function toFieldName(pointer: string): string {
  const path = pointer.startsWith('/') ? pointer.slice(1) : pointer.replace(/^(?:query|path|header)\//, '')
  return path
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}

export const unreachable = (): ApiProblem =>
  new ApiProblem({
    title: 'Stepgate cannot be reached',
    status: 0,
    code: 'unreachable',
    detail: 'The control plane did not answer. Services keep deciding as before; try again in a moment.',
  })

/** Reads a refused answer, whoever wrote it: a proxy in between may answer with HTML. */
export async function toApiProblem(response: Response): Promise<ApiProblem> {
  if (response.headers.get('content-type')?.includes('json') !== true) return fromStatus(response)
  try {
    const body = (await response.json()) as Partial<Problem> // checked by the next line
    return typeof body.title === 'string' && typeof body.code === 'string'
      ? new ApiProblem({ ...body, title: body.title, code: body.code, status: response.status })
      : fromStatus(response)
  } catch {
    return fromStatus(response)
  }
}

const fromStatus = ({ status, statusText }: Response): ApiProblem =>
  status === 502 || status === 503 || status === 504
    ? unreachable()
    : new ApiProblem({
        title: statusText === '' ? 'The request failed' : statusText,
        status,
        code: status === 401 ? 'unauthenticated' : 'internal-error',
        detail: `The answer was ${String(status)} without an explanation.`,
      })
