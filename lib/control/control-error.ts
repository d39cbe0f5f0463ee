import { PROBLEMS, type ProblemCode } from '../contract/problems.ts'

export interface FieldError {
  /** JSON pointer (RFC 6901) into the request body, or `query/<name>`, `path/<name>`, `header/<name>`. */
  readonly pointer: string
  readonly detail: string
}

/** A refusal that the caller is told about. Anything else that is thrown is a fault of ours. */
export class ControlError extends Error {
  readonly code: ProblemCode
  readonly errors: readonly FieldError[]

  constructor(code: ProblemCode, detail: string = PROBLEMS[code].title, errors: readonly FieldError[] = []) {
    super(detail)
    this.name = 'ControlError'
    this.code = code
    this.errors = errors
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }
}
