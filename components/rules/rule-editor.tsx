'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useQueryState } from 'nuqs'
import { useEffect, useMemo, useRef } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { ApiProblem } from '#lib/client/api-problem.ts'
import type { EvidenceReading } from '#lib/client/evidence.ts'
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
import { useUnsaved } from '../ui/unsaved.ts'
import { DraftReplay } from './draft-replay.tsx'
import { parseAsRule } from './rule-draft-param.ts'
import { RuleFields } from './rule-fields.tsx'
import { isSameRule, toRuleSentence } from './rule-summary.ts'

interface RuleEditorProps {
  readonly endpoint: Endpoint
  /** Of the published rule. */
  readonly reading: EvidenceReading
  readonly windowHours: number
}

const NEW_RULE: RuleValue = { access: 'token', requirements: [] }
const SETTLED_MS = 400
const OUTDATED = new ApiProblem({ code: 'version-mismatch', status: 412, title: PROBLEMS['version-mismatch'].title })

const toText = (rule: RuleValue): string => JSON.stringify(rule)

/** A draft that is a rule is found again on the way back; one that is not complete is nowhere else. */
const toLoss = ({ method, route }: Endpoint, draft: RuleValue | null): string =>
  `the draft of the rule for ${method} ${route}${draft === null ? '' : ', which only the address of this page holds'}`

/**
 * Modes change under an open draft without harm; a rule that somebody else published does not go unseen. A draft that is a rule stands
 * in the address, so that it can be sent to somebody, and is there again on the way back.
 */
function useDraft(endpoint: Endpoint) {
  const [base, setBase] = usePinned(endpoint.rule)
  const [proposed, setProposed] = useQueryState('draft', parseAsRule)
  const published = base ?? NEW_RULE
  const form = useContractForm<RuleValue, RuleValue>(Rule, proposed ?? published)
  const { isDirty } = form.formState
  // The form hands out new objects at each rendering: the text tells whether the draft is another one.
  const text = JSON.stringify({ access: form.watch('access'), requirements: form.watch('requirements') })
  const draft = useMemo(() => Rule.safeParse(JSON.parse(text)).data ?? null, [text])
  const isDraft = draft === null || !isSameRule(draft, published)
  useAddress({ form, draft, isDraft, published, proposed, setProposed: (rule) => void setProposed(rule) })
  const restart = (rule: RuleValue | null) => {
    setBase(rule)
    form.reset(rule ?? NEW_RULE)
  }
  return {
    form,
    draft,
    restart,
    isDraft,
    /** By the person, not by the address that led here. */
    isWritten: isDraft && isDirty,
    isOutdated: !isSameRule(base, endpoint.rule),
    isChanged: isDraft || base === null,
  }
}

interface AddressedDraft {
  readonly form: UseFormReturn<RuleValue, unknown, RuleValue>
  readonly draft: RuleValue | null
  readonly isDraft: boolean
  readonly published: RuleValue
  readonly proposed: RuleValue | null
  readonly setProposed: (rule: RuleValue | null) => void
}

/** What is written goes into the address, and what another address says into the form. */
function useAddress({ form, draft, isDraft, published, proposed, setProposed }: AddressedDraft): void {
  const written = draft === null ? undefined : isDraft ? toText(draft) : null
  const addressed = proposed === null ? null : toText(proposed)
  const known = useRef(addressed)
  useEffect(() => {
    if (written === undefined || written === known.current) return
    known.current = written
    setProposed(isDraft ? draft : null)
    // What is set are the same functions at every rendering.
  }, [written])
  useEffect(() => {
    if (addressed === known.current) return
    known.current = addressed
    form.reset(proposed ?? published)
    // The form is the same object at every rendering.
  }, [addressed])
}

/** What the endpoint requires, as a draft that is replayed on the recorded requests while it is written. */
export function RuleEditor({ endpoint, reading, windowHours }: RuleEditorProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const client = useQueryClient()
  const { form, draft, restart, isDraft, isWritten, isOutdated, isChanged } = useDraft(endpoint)
  const settled = useSettled(draft, SETTLED_MS)
  useUnsaved(isWritten && toLoss(endpoint, draft))
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
        <RuleFields form={form} service={endpoint.serviceSlug} tokenAges={reading.data?.tokenAges} />
        <WriteProblem problem={isOutdated ? OUTDATED : problem} onReload={() => void reload()} />
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
          <Button type="submit" variant="primary" pending={isPending} {...saveGate}>
            Publish rule
          </Button>
          {isDraft && (
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
        draft={draft === null ? null : settled}
        present={reading.data}
        presentAt={reading.dataUpdatedAt}
        windowHours={windowHours}
        isChanged={isChanged}
        isSettled={settled === draft}
      />
    </div>
  )
}
