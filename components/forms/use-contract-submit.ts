'use client'
import { useState, type SyntheticEvent } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import { ApiProblem } from '#lib/client/api-problem.ts'
import { applyProblem } from '../ui/contract-form.ts'

interface ContractSubmit {
  readonly submit: (event?: SyntheticEvent) => void
  /** A refusal that names no field of the form. */
  readonly problem: ApiProblem | null
  readonly isPending: boolean
  readonly clearProblem: () => void
}

/** Sends what the contract accepts; puts a refusal beside the fields it names, and the rest of it above the buttons. */
export function useContractSubmit<Input extends FieldValues, Output extends FieldValues, Result>(
  form: UseFormReturn<Input, unknown, Output>,
  write: (values: Output) => Promise<Result>,
  onDone: (result: Result) => void,
): ContractSubmit {
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const send = form.handleSubmit(async (values) => {
    setProblem(null)
    try {
      onDone(await write(values))
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      setProblem(applyProblem(form, error))
    }
  })
  return {
    submit: (event) => {
      event?.stopPropagation()
      void send(event as Parameters<typeof send>[0]) // React's synthetic event, under its shorter type
    },
    problem,
    isPending: form.formState.isSubmitting,
    clearProblem: () => {
      setProblem(null)
    },
  }
}
