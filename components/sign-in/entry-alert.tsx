import { CircleAlert, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '@/components/ui/class-names.ts'

interface EntryAlertProps {
  readonly isProblem?: boolean
  readonly children: ReactNode
}

export function EntryAlert({ isProblem = false, children }: EntryAlertProps) {
  const Icon = isProblem ? CircleAlert : Info
  return (
    <p
      role={isProblem ? 'alert' : 'status'}
      className={classNames(
        'flex gap-2 rounded-lg px-3 py-2',
        isProblem ? 'bg-denied-tint text-denied' : 'bg-sunken text-muted',
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  )
}
