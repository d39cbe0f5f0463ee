/** Message of whatever was thrown; `otherwise` for what is no error. */
export const messageOf = (error: unknown, otherwise = 'unknown error'): string =>
  error instanceof Error ? error.message : otherwise

/** The file is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT'
