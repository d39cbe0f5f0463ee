'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Endpoint, ModeChangeItem, ModeChangePreview } from '#lib/client/object-types.ts'
import { modeChangePreviewQuery } from '#lib/client/mode-changes.ts'
import type { Mode } from '#lib/policy/vocabulary.ts'
import { useSettled } from '../evidence/use-settled.ts'
import { WINDOW_HOURS_DEFAULT, WindowPicker } from '../evidence/window-picker.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { classNames } from '../ui/class-names.ts'
import { Sheet } from '../ui/dialog.tsx'
import { ModePicker } from '../ui/mode-picker.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toPlural } from '../ui/words.ts'
import { BulkForecast } from './bulk-forecast.tsx'
import { ChangeForm } from './change-form.tsx'
import { ChangeLines } from './change-lines.tsx'
import { EndpointForecast } from './endpoint-forecast.tsx'
import { PercentEffects } from './percent-effects.tsx'
import { PercentPicker } from './percent-picker.tsx'

export interface ModeChangeIntent {
  readonly endpoints: readonly Endpoint[]
  readonly mode: Mode
  /** How far back the page looks already. */
  readonly windowHours?: number
}

interface ModeChangeSheetProps {
  readonly intent: ModeChangeIntent
  readonly onClose: () => void
}

const FIRST_STEP_PERCENT = 10

/** Where enforcing is known to deny nobody, all callers; else a first step. What is enforced already stays as it is. */
function toFirstPercent(endpoints: readonly Endpoint[]): number {
  const [first] = endpoints
  if (endpoints.length === 1 && first?.mode === 'enforce') return first.percent
  return endpoints.every(({ readiness }) => readiness === 'ready') ? 100 : FIRST_STEP_PERCENT
}

function toSubject(endpoints: readonly Endpoint[]): string {
  const [first] = endpoints
  if (endpoints.length === 1 && first !== undefined) return `${first.method} ${first.route} of ${first.serviceName}`
  return `${toPlural(endpoints.length, 'endpoint')} of ${toPlural(new Set(endpoints.map(({ serviceSlug }) => serviceSlug)).size, 'service')}`
}

function useDraft({
  endpoints,
  mode: initialMode,
  windowHours: initialHours = WINDOW_HOURS_DEFAULT,
}: ModeChangeIntent) {
  const [mode, setMode] = useState(initialMode)
  const [percent, setPercent] = useState(() => toFirstPercent(endpoints))
  const [windowHours, setWindowHours] = useState(initialHours)
  const settledPercent = useSettled(percent)
  const changes = useMemo<ModeChangeItem[]>(
    () => endpoints.map(({ id }) => ({ endpointId: id, mode, percent: mode === 'enforce' ? settledPercent : 100 })),
    [endpoints, mode, settledPercent],
  )
  return {
    mode,
    setMode,
    percent,
    setPercent,
    windowHours,
    setWindowHours,
    changes,
    isSettled: settledPercent === percent || mode !== 'enforce',
  }
}

function Forecast({
  preview,
  endpoints,
}: {
  readonly preview: ModeChangePreview
  readonly endpoints: readonly Endpoint[]
}) {
  const [item] = preview.items
  if (preview.items.length !== 1 || item === undefined) return <BulkForecast preview={preview} />
  return <EndpointForecast item={item} rule={endpoints[0]?.rule ?? null} />
}

/** The considered act: what changes, on which evidence, who would be denied; then one click. */
export function ModeChangeSheet({ intent, onClose }: ModeChangeSheetProps) {
  const environment = useEnvironment()
  const draft = useDraft(intent)
  const {
    data: preview,
    error,
    isPlaceholderData,
    refetch,
  } = useQuery({
    ...modeChangePreviewQuery(environment, { changes: draft.changes, windowHours: draft.windowHours }),
    placeholderData: keepPreviousData,
  })
  const isCurrent = draft.isSettled && !isPlaceholderData
  return (
    <Sheet
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      size="lg"
      title="Change mode"
      description={<span className="break-all">{toSubject(intent.endpoints)}</span>}
      footer={
        preview && (
          <ChangeForm
            key={draft.mode}
            preview={preview}
            changes={draft.changes}
            isCurrent={isCurrent}
            onLookAgain={() => void refetch()}
            onDone={onClose}
          />
        )
      }
    >
      <div className="flex flex-col gap-5">
        <ModePicker value={draft.mode} onChange={draft.setMode} />
        {draft.mode === 'enforce' && <PercentPicker value={draft.percent} onChange={draft.setPercent} />}
        {draft.mode === 'enforce' && preview !== undefined && (
          <PercentEffects items={preview.items} percent={draft.percent} />
        )}
        <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line pt-4">
          <h2 className="text-base font-semibold">What would happen</h2>
          <WindowPicker hours={draft.windowHours} onChange={draft.setWindowHours} />
        </div>
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
        {preview === undefined ? (
          error === null && <SkeletonLines lines={9} />
        ) : (
          <div
            className={classNames('flex flex-col gap-5 transition-opacity', !isCurrent && 'opacity-60')}
            aria-busy={!isCurrent || undefined}
          >
            <ChangeLines items={preview.items} />
            <Forecast preview={preview} endpoints={intent.endpoints} />
          </div>
        )}
      </div>
    </Sheet>
  )
}
