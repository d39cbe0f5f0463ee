'use client'
import { useMutation } from '@tanstack/react-query'
import { setEndpointRules } from '#lib/client/endpoints.ts'
import type { Endpoint, ReplayDraft, Rule as RuleValue } from '#lib/client/object-types.ts'
import { Rule } from '#lib/contract/rule.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'
import { toPlural } from '../ui/words.ts'
import { RuleFields } from './rule-fields.tsx'
import { isSameRule } from './rule-summary.ts'

interface BulkRuleDialogProps {
  /** All of one service. */
  readonly endpoints: readonly Endpoint[]
  readonly onClose: () => void
}

const NEW_RULE: RuleValue = { access: 'token', requirements: [] }

/** The rule they share already, to start from. */
function sharedRule(endpoints: readonly Endpoint[]): RuleValue {
  const rule = endpoints[0]?.rule ?? null
  return rule !== null && endpoints.every((endpoint) => isSameRule(endpoint.rule, rule)) ? rule : NEW_RULE
}

function toDraft(endpoints: readonly Endpoint[], draft: RuleValue): ReplayDraft | null {
  const { success, data: rule } = Rule.safeParse(draft)
  return success ? { kind: 'rules', rules: endpoints.map(({ id }) => ({ endpointId: id, rule })) } : null
}

/** Gives several endpoints of one service the same rule. Their modes stay what they are. */
export function BulkRuleDialog({ endpoints, onClose }: BulkRuleDialogProps) {
  const environment = useEnvironment()
  const save = useMutation(setEndpointRules)
  const form = useContractForm<RuleValue, RuleValue>(Rule, sharedRule(endpoints))
  useUnsaved(form.formState.isDirty && `the rule for ${toPlural(endpoints.length, 'endpoint')}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (rule) =>
      save.mutateAsync({
        params: { environment },
        body: { endpoints: endpoints.map(({ id, version }) => ({ id, version })), rule },
      }),
    () => {
      toast.success(`${toPlural(endpoints.length, 'endpoint')} have this rule now`)
      onClose()
    },
  )
  const enforced = endpoints.filter(({ mode }) => mode === 'enforce').length
  return (
    <FormDialog
      title={`Rule for ${toPlural(endpoints.length, 'endpoint')}`}
      description="It replaces the rule each of them has."
      submitLabel="Set rule"
      size="lg"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {enforced > 0 && (
        <p role="note" className="rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
          {toPlural(enforced, 'endpoint')} of them {enforced === 1 ? 'is' : 'are'} enforced: the new rule refuses
          callers at once.
        </p>
      )}
      <RuleFields form={form} service={endpoints[0]?.serviceSlug ?? ''} />
      <WhatChanges draft={toDraft(endpoints, form.watch())} idle="Complete the rule to see whom it denies." />
    </FormDialog>
  )
}
