'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useQueryState } from 'nuqs'
import { useEffect, useMemo } from 'react'
import { ApiProblem } from '#lib/client/api-problem.ts'
import { evidenceQuery } from '#lib/client/evidence.ts'
import { updateEndpoint } from '#lib/client/endpoints.ts'
import type { Endpoint, Rule as RuleValue } from '#lib/client/object-types.ts'
import { PROBLEMS } from '#lib/contract/problems.ts'
import { Rule } from '#lib/contract/rule.ts'
import { useSettled } from '../evidence/use-settled.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { toast } from '../ui/toast.ts'
import { DraftReplay } from './draft-replay.tsx'
import { parseAsRule } from './rule-draft-param.ts'
import { RuleFields } from './rule-fields.tsx'
import { isSameRule, toRuleSentence } from './rule-summary.ts'

interface RuleEditorProps {
  readonly endpoint: Endpoint
  readonly windowHours: number
}

const NEW_RULE: RuleValue = { access: 'token', requirements: [] }
const SETTLED_MS = 400
const OUTDATED = new ApiProblem({ code: 'version-mismatch', status: 412, title: PROBLEMS['version-mismatch'].title })

/** Modes change under an open draft without harm; a rule that somebody else published does not go unseen. */
function useDraft(endpoint: Endpoint) {
  const [base, setBase] = usePinned(endpoint.rule)
  const form = useContractForm<RuleValue, RuleValue>(Rule, base ?? NEW_RULE)
  // The form hands out new objects at each rendering: the text tells whether the draft is another one.
  const text = JSON.stringify({ access: form.watch('access'), requirements: form.watch('requirements') })
  const draft = useMemo(() => Rule.safeParse(JSON.parse(text)).data ?? null, [text])
  const [proposed, setProposed] = useQueryState('draft', parseAsRule)
  const proposedText = proposed === null ? null : JSON.stringify(proposed)
  useEffect(() => {
    const rule = proposedText === null ? null : parseAsRule.parse(proposedText)
    if (rule === null) return
    form.setValue('access', rule.access, { shouldDirty: true })
    form.setValue('requirements', rule.requirements, { shouldDirty: true, shouldValidate: true })
    // The form is the same object at every rendering.
  }, [proposedText])
  const restart = (rule: RuleValue | null) => {
    setBase(rule)
    form.reset(rule ?? NEW_RULE)
    void setProposed(null)
  }
  return {
    form,
    draft,
    restart,
    isOutdated: !isSameRule(base, endpoint.rule),
    isChanged: draft === null || base === null || !isSameRule(draft, base),
  }
}

/** What the endpoint requires, as a draft that is replayed on the recorded requests while it is written. */
export function RuleEditor({ endpoint, windowHours }: RuleEditorProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const client = useQueryClient()
  const { form, draft, restart, isOutdated, isChanged } = useDraft(endpoint)
  const settled = useSettled(draft, SETTLED_MS)
  const present = useQuery(evidenceQuery(environment, endpoint.id, { windowHours }))
  const save = useMutation(updateEndpoint)
  const { submit, problem, isPending, clearProblem } = useContractSubmit(
    form,
    (rule) => save.mutateAsync({ params: { environment, id: endpoint.id }, ifMatch: endpoint.version, body: { rule } }),
    (saved) => {
      restart(saved.rule)
      toast.success('The rule is published', { description: toRuleSentence(saved.rule) })
    },
  )
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['endpoints', environment, 'one', endpoint.id] })
    clearProblem()
    restart(client.getQueryData<Endpoint>(['endpoints', environment, 'one', endpoint.id])?.rule ?? null)
  }
  const saveGate =
    gate.disabledReason !== undefined
      ? gate
      : isOutdated
        ? { disabledReason: 'Reload first' }
        : draft === null
          ? { disabledReason: 'The rule is not complete' }
          : isChanged
            ? {}
            : { disabledReason: 'Nothing differs from the published rule' }
  return (
    <div className="grid gap-x-8 gap-y-6 xl:grid-cols-2">
      <form noValidate onSubmit={submit} className="flex min-w-0 flex-col gap-4">
        <RuleFields form={form} service={endpoint.serviceSlug} tokenAges={present.data?.tokenAges} />
        <WriteProblem problem={isOutdated ? OUTDATED : problem} onReload={() => void reload()} />
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
          <Button type="submit" variant="primary" pending={isPending} {...saveGate}>
            Publish rule
          </Button>
          {form.formState.isDirty && (
            <Button
              onClick={() => {
                restart(endpoint.rule)
              }}
            >
              Discard the draft
            </Button>
          )}
        </div>
      </form>
      <DraftReplay
        endpoint={endpoint}
        draft={settled}
        present={present.data}
        windowHours={windowHours}
        isChanged={isChanged}
        isSettled={settled === draft}
      />
    </div>
  )
}
