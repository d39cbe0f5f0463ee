/** A snapshot that cannot be accepted. The message names the place, never its contents. */
export class SnapshotFormatError extends Error {
  /** Where: `endpoints[3].rule.requirements[0].seconds`; empty for the document itself. */
  readonly path: string
  /** What is wrong there: `must be a whole number`. */
  readonly problem: string

  constructor(path: string, problem: string) {
    super(path === '' ? `snapshot ${problem}` : `snapshot: ${path} ${problem}`)
    this.name = 'SnapshotFormatError'
    this.path = path
    this.problem = problem
  }
}
