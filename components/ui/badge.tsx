import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type Tone = 'neutral' | 'off' | 'log-only' | 'enforce' | 'denied' | 'allowed' | 'outline'

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunken text-muted',
  off: 'bg-off-tint text-off',
  'log-only': 'bg-log-only-tint text-log-only',
  enforce: 'bg-enforce-tint text-enforce',
  denied: 'bg-denied-tint text-denied',
  allowed: 'bg-allowed-tint text-allowed',
  outline: 'border border-line-strong text-muted',
}

interface BadgeProps {
  readonly tone?: Tone
  readonly title?: string | undefined
  readonly className?: string | undefined
  readonly children: ReactNode
}

export const Badge = ({ tone = 'neutral', title, className, children }: BadgeProps) => (
  <span
    title={title}
    className={classNames(
      'inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
      TONES[tone],
      className,
    )}
  >
    {children}
  </span>
)
