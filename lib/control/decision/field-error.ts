import type { z } from 'zod'
import type { FieldError } from '../control-error.ts'

const POINTER_LENGTH_MAX = 300

/** `/context/country`: where the first fault lies. */
export const pathOf = (error: z.ZodError): string =>
  (error.issues[0]?.path ?? [])
    .map((part) => `/${String(part)}`)
    .join('')
    .slice(0, POINTER_LENGTH_MAX)

export const toFieldError = (pointer: string, error: z.ZodError): FieldError => ({
  pointer: `${pointer}${pathOf(error)}`.slice(0, POINTER_LENGTH_MAX),
  detail: error.issues[0]?.message ?? 'is invalid',
})
