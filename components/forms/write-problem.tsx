'use client'
import { RefreshCw } from 'lucide-react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { Button } from '../ui/button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface WriteProblemProps {
  readonly problem: ApiProblem | null | undefined
  /** Reads the object again, so that the change can be made on what it is now. */
  readonly onReload?: (() => void) | undefined
}

/** Why a write was refused; where somebody was faster, a way to see what they did. */
export function WriteProblem({ problem, onReload }: WriteProblemProps) {
  if (problem?.code !== 'version-mismatch' || onReload === undefined) return <ProblemAlert problem={problem} />
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-lg border border-log-only-fill/40 bg-log-only-tint px-3 py-2"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium text-log-only">Somebody changed it meanwhile</p>
        <p>Reload to see what it is now. What you entered is lost; nothing was written.</p>
      </div>
      <Button size="sm" icon={RefreshCw} onClick={onReload}>
        Reload
      </Button>
    </div>
  )
}
