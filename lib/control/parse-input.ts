import type { z } from 'zod'
import { ControlError, type FieldError } from './control-error.ts'

/** Where the input was, as the first part of the pointers: the body has none. */
export type InputPlace = '' | 'query' | 'path' | 'header'

/** Throws `invalid-request` that names every refused field. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: InputPlace = '',
): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) => toFieldErrors(issue, place))
  throw new ControlError('invalid-request', summarise(errors), errors)
}

type Issue = z.core.$ZodIssue

function toFieldErrors(issue: Issue, place: InputPlace): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: pointer(place, [...issue.path, key]), detail: 'is not a known field' }))
  if (issue.code === 'invalid_union')
    return closestBranch(issue.errors).flatMap((inner) =>
      toFieldErrors({ ...inner, path: [...issue.path, ...inner.path] }, place),
    )
  return [{ pointer: pointer(place, issue.path), detail: detailOf(issue) }]
}

/** Of a union's branches, the one that understood most of the input; an unknown discriminator has none. */
function closestBranch(branches: Issue[][]): Issue[] {
  const [closest] = branches.toSorted((a, b) => a.length - b.length)
  return closest ?? [{ code: 'custom', path: [], message: 'is of an unknown kind', input: undefined }]
}

function detailOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is required'
  return issue.message.replace(/^Invalid input: /, '')
}

const pointer = (place: InputPlace, path: PropertyKey[]): string =>
  [place, ...path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/').slice(0, 300)

function summarise(errors: FieldError[]): string {
  const [first] = errors
  if (!first) return 'The request does not fit the contract.'
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  return `${first.pointer === '' ? 'The body' : first.pointer}: ${first.detail}${more}.`
}
