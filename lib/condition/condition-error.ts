/** An expression that cannot be used as a condition, and where. */
export class ConditionError extends Error {
  /** From 1. */
  readonly line: number
  /** From 1, in characters of the line. */
  readonly column: number

  constructor(problem: string, expression: string, offset: number) {
    const before = expression.slice(0, offset).split('\n')
    const line = before.length
    const column = (before.at(-1)?.length ?? 0) + 1
    super(`${problem} (line ${line.toString()}, column ${column.toString()})`)
    this.name = 'ConditionError'
    this.line = line
    this.column = column
  }
}
