'use client'
import { Pause, Play } from 'lucide-react'
import { useMemo } from 'react'
import { useCommands } from '@/components/shell/commands.ts'
import { Button } from '@/components/ui/button.tsx'
import type { DecisionFilter } from './use-decision-filter.ts'

/** Stops the page from changing under one's eyes, and lets it go on. */
export function LiveButton({ filter: { isLive, toggleLive } }: { readonly filter: DecisionFilter }) {
  const title = isLive ? 'Pause' : 'Resume'
  useCommands(
    useMemo(
      () => [
        { id: 'live', title: `${title} live updates`, icon: isLive ? Pause : Play, shortcut: 'p', run: toggleLive },
      ],
      [title, isLive, toggleLive],
    ),
  )
  return (
    <Button icon={isLive ? Pause : Play} onClick={toggleLive} aria-label={`${title} live updates`}>
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
