import { ControlError } from '../control-error.ts'

export class TooManyRequestsError extends ControlError {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('too-many-requests', `Too many failed attempts. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
