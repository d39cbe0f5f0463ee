'use client'
import { CircleAlert } from 'lucide-react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { Button } from './button.tsx'

interface ProblemAlertProps {
  readonly problem: ApiProblem | null | undefined
  readonly onRetry?: (() => void) | undefined
}

/** What happened and what to do, in the words of the API. */
export function ProblemAlert({ problem, onRetry }: ProblemAlertProps) {
  if (problem === null || problem === undefined) return null
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-lg border border-denied/25 bg-denied-tint px-3 py-2 text-denied"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{problem.title}</p>
        {problem.message !== problem.title && <p className="break-words">{problem.message}</p>}
        {problem.fields.length > 0 && (
          <ul className="mt-1 list-disc pl-4">
            {problem.fields.map(({ field, detail }) => (
              <li key={`${field} ${detail}`}>
                {field !== '' && <code>{field}</code>} {detail}
              </li>
            ))}
          </ul>
        )}
        {problem.status >= 500 && problem.requestId !== null && (
          <p className="mt-1 text-xs">Request {problem.requestId}</p>
        )}
      </div>
      {onRetry !== undefined && (
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
