/** Message of whatever was thrown; `otherwise` for what is no error. */
export const messageOf = (error: unknown, otherwise = 'unknown error'): string =>
  error instanceof Error ? error.message : otherwise

/** What kept a call from its answer: of a token that could not be had, the reason alone. */
export const causeOf = (error: unknown): string =>
  error instanceof Error && 'detail' in error ? String(error.detail) : messageOf(error, 'no answer')

/** Code of whatever was thrown, as a network or a file gives one; otherwise its message. */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : 'unknown error'

/** The file is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT'
