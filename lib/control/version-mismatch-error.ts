import { ControlError } from './control-error.ts'

/** Somebody changed the object meanwhile; carries the version it has now. */
export class VersionMismatchError extends ControlError {
  readonly presentVersion: number

  constructor(presentVersion: number) {
    super('version-mismatch', `The object is at version ${presentVersion} now. Read it again and repeat the change.`)
    this.presentVersion = presentVersion
  }
}

/** The write that follows names the version as well: a change between reading and writing ends it as a lost race. */
export function requireVersion(expected: number, present: number): void {
  if (expected !== present) throw new VersionMismatchError(present)
}
