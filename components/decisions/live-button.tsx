'use client'
import { Pause, Play } from 'lucide-react'
import { useMemo } from 'react'
import { useCommands } from '@/components/shell/commands.ts'
import { Button } from '@/components/ui/button.tsx'
import type { DecisionFilter } from './use-decision-filter.ts'

/** Stops the page from changing under one's eyes, and lets it go on. */
export function LiveButton({ filter: { isLive, brushed, pause, resume, setSpan } }: { readonly filter: DecisionFilter }) {
  const toggle = () => {
    if (isLive) return pause()
    if (brushed !== null) setSpan(null)
    resume()
  }
  const title = isLive ? 'Pause' : 'Resume'
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the toggle changes with what is listed
  useCommands(useMemo(() => [{ id: 'live', title: `${title} live updates`, icon: isLive ? Pause : Play, shortcut: 'p', run: toggle }], [isLive, brushed === null]))
  return (
    <Button icon={isLive ? Pause : Play} onClick={toggle} aria-label={`${title} live updates`}>
      {isLive ? (
        <span className="flex items-center gap-2">
          Live
          <span aria-hidden className="size-2 animate-pulse rounded-full bg-enforce-fill" />
        </span>
      ) : (
        title
      )}
    </Button>
  )
}
