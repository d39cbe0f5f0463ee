'use client'
import type { UseFormReturn } from 'react-hook-form'
import type { Rule } from '#lib/client/object-types.ts'
import { requirementError } from './rule-errors.ts'
import { withRequirement, type RuleRequirement } from './rule-summary.ts'

/** A rule in a form, and how its parts are set. */
export interface RuleDraft {
  readonly rule: Rule
  readonly setAccess: (access: Rule['access']) => void
  /** Without a requirement, the kind is asked for no longer. */
  readonly set: (kind: RuleRequirement['kind'], requirement: RuleRequirement | null) => void
  readonly errorOf: (kind: RuleRequirement['kind'], member?: string) => string | undefined
}

export function useRuleDraft(form: UseFormReturn<Rule, unknown, Rule>): RuleDraft {
  const rule: Rule = { access: form.watch('access'), requirements: form.watch('requirements') }
  const { errors } = form.formState
  const setRequirements = (requirements: Rule['requirements']) => {
    form.setValue('requirements', requirements, { shouldDirty: true, shouldValidate: true })
  }
  return {
    rule,
    setAccess: (access) => {
      form.setValue('access', access, { shouldDirty: true })
      if (access === 'public') setRequirements([])
    },
    set: (kind, requirement) => {
      setRequirements(withRequirement(rule, kind, requirement).requirements)
    },
    errorOf: (kind, member) => requirementError(errors, rule, kind, member),
  }
}
