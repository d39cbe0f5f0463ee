'use client'
import { useWatch } from 'react-hook-form'
import type { ModeChangeItem, ModeChangePreview } from '#lib/client/object-types.ts'
import { ModeChangeRequest } from '#lib/contract/endpoint.ts'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { CheckboxField, TextField } from '../ui/field.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { useUnsaved } from '../ui/unsaved.ts'
import { toPlural } from '../ui/words.ts'
import { AutomaticUndoField } from './automatic-undo-field.tsx'
import { changeDemands, isUnchanged, lowersGate } from './change-demands.ts'
import { toModeWords } from './change-direction.ts'
import { useModeChanges } from './use-mode-changes.ts'

interface ChangeFormProps {
  readonly preview: ModeChangePreview
  readonly changes: readonly ModeChangeItem[]
  /** The preview is of these changes, not of an earlier choice. */
  readonly isCurrent: boolean
  readonly onLookAgain: () => void
  readonly onDone: () => void
}

const REASON_MIN = 3

function toAcknowledgement({ totals }: ModeChangePreview): string {
  if (totals.deniedCallers > 0) return `I accept that ${toPlural(totals.deniedCallers, 'caller')} will be denied`
  if (totals.notReady > 0) return 'I accept that it is not ready: callers may be denied, now or at a higher percent'
  return 'I accept that there is not enough evidence: callers may be denied that nobody forecast'
}

function toConfirmLabel(changes: readonly ModeChangeItem[]): string {
  const [first] = changes
  if (first === undefined) return 'Change'
  const words = toModeWords({ mode: first.mode, percent: first.percent ?? 100 })
  return first.mode === 'enforce' ? words.charAt(0).toUpperCase() + words.slice(1) : `Set to ${words}`
}

/** What stands in the way of the click, in words; undefined when nothing does. */
function toObstacle(
  { isCurrent, preview }: Pick<ChangeFormProps, 'isCurrent' | 'preview'>,
  demands: ReturnType<typeof changeDemands>,
  given: { readonly reason: string; readonly accepted: boolean },
): string | undefined {
  if (!isCurrent) return 'Reading the evidence…'
  if (isUnchanged(preview.items)) return 'Nothing would change'
  if (demands.acknowledgement && !given.accepted) return 'Say that you accept it'
  if (demands.reason && given.reason.trim().length < REASON_MIN) return 'Say why in a few words'
  return undefined
}

/** Acknowledgement and reason where the change demands them, and the one click. */
export function ChangeForm(props: ChangeFormProps) {
  const { preview, changes, onLookAgain, onDone } = props
  const gate = useRoleGate('operator')
  const { apply, isPending, problem } = useModeChanges()
  const form = useContractForm(ModeChangeRequest, {
    changes: [...changes],
    acceptDenials: false,
    reason: '',
    undoFromDenials: null,
  })
  const [reason = '', accepted = false] = useWatch({ control: form.control, name: ['reason', 'acceptDenials'] })
  useUnsaved(reason.trim() !== '' && 'the change of mode and its reason')
  const demands = changeDemands(preview.items)
  const isLowering = lowersGate(preview.items)
  const obstacle = toObstacle(props, demands, { reason, accepted })
  const submit = form.handleSubmit(async (given) => {
    if (obstacle !== undefined || isPending) return
    await apply({
      changes: [...changes],
      previewToken: preview.token,
      acceptDenials: demands.acknowledgement && given.acceptDenials,
      reason: given.reason,
      undoFromDenials: isLowering ? given.undoFromDenials : null,
    }).then(onDone, onLookAgain)
  })
  const disabled = gate.disabledReason !== undefined ? gate : obstacle === undefined ? {} : { disabledReason: obstacle }
  return (
    <form
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit()
      }}
      className="flex w-full flex-col gap-3"
    >
      {demands.acknowledgement && (
        <CheckboxField label={toAcknowledgement(preview)} {...form.register('acceptDenials')} />
      )}
      {isLowering && (
        <AutomaticUndoField
          value={form.watch('undoFromDenials') ?? null}
          error={form.formState.errors.undoFromDenials?.message}
          onChange={(count) => {
            form.setValue('undoFromDenials', count, { shouldValidate: true })
          }}
        />
      )}
      <TextField
        label="Reason"
        optional={!demands.reason}
        required={demands.reason}
        maxLength={500}
        placeholder="Kept with the change and in the audit log"
        error={form.formState.errors.reason?.message}
        {...form.register('reason')}
      />
      <ProblemAlert problem={problem} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" pending={isPending} {...disabled}>
          {toConfirmLabel(changes)}
        </Button>
      </div>
    </form>
  )
}
