'use client'
import dynamic from 'next/dynamic'
import { useCallback, useState, type ReactNode } from 'react'
import type { ModeChangeIntent } from './mode-change-sheet.tsx'

const ModeChangeSheet = dynamic(async () => (await import('./mode-change-sheet.tsx')).ModeChangeSheet, { ssr: false })

/** The panel that changes modes: opened from a row, a selection or an endpoint; loaded when it is first needed. */
export function useModeChangeSheet(): {
  readonly openModeChange: (intent: ModeChangeIntent) => void
  readonly modeChangeSheet: ReactNode
} {
  const [intent, setIntent] = useState<ModeChangeIntent | null>(null)
  const openModeChange = useCallback((next: ModeChangeIntent) => {
    if (next.endpoints.length > 0) setIntent(next)
  }, [])
  return {
    openModeChange,
    modeChangeSheet: intent && (
      <ModeChangeSheet
        intent={intent}
        onClose={() => {
          setIntent(null)
        }}
      />
    ),
  }
}
