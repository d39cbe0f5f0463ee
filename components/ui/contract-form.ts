'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useForm, type DefaultValues, type FieldValues, type Path, type UseFormReturn } from 'react-hook-form'
import type { z } from 'zod'
import type { ApiProblem } from '#lib/client/api-problem.ts'

/**
 * A form checked by the very schema that the API checks its body with. It brings zod into the page: load the dialog that
 * uses it lazily (`next/dynamic`).
 */
export const useContractForm = <Input extends FieldValues, Output extends FieldValues>(
  schema: z.ZodType<Output, Input>,
  defaultValues: DefaultValues<Input>,
): UseFormReturn<Input, unknown, Output> =>
  useForm<Input, unknown, Output>({ resolver: zodResolver(schema), defaultValues, mode: 'onTouched' })

/** Puts a refusal of the API beside the fields it names. Answers the problem when it names none of them, to be shown whole. */
export function applyProblem<Input extends FieldValues, Output extends FieldValues>(
  form: UseFormReturn<Input, unknown, Output>,
  problem: ApiProblem,
): ApiProblem | null {
  const names = Object.keys(form.getValues())
  const isKnown = (field: string) => names.some((name) => field === name || field.startsWith(`${name}.`))
  // A form may be the whole body, or one member of it.
  const known = problem.fields
    .map(({ field, detail }) => ({ field: isKnown(field) ? field : field.slice(field.indexOf('.') + 1), detail }))
    .filter(({ field }) => isKnown(field))
  for (const [index, { field, detail }] of known.entries()) {
    form.setError(field as Path<Input>, { type: 'server', message: detail }, { shouldFocus: index === 0 }) // known to the form by the line above
  }
  return known.length > 0 && known.length === problem.fields.length ? null : problem
}
