import { Bot, Check, CircleDashed, CircleHelp, Ghost, Server, TriangleAlert, User, X } from 'lucide-react'
import { Fragment } from 'react'
import type { CallerKind, Mode, Outcome } from '#lib/policy/vocabulary.ts'
import { Badge, type Tone } from './badge.tsx'
import { classNames } from './class-names.ts'
import { CALLER_KIND_WORDS, MODE_WORDS, OUTCOME_WORDS, READINESS_WORDS, type Readiness } from './words.ts'

const DOTS: Readonly<Record<Mode, string>> = {
  off: 'bg-off-fill',
  'log-only': 'bg-log-only-fill',
  enforce: 'bg-enforce-fill',
}

export const ModeDot = ({ mode }: { readonly mode: Mode }) => (
  <span aria-hidden className={classNames('size-2 shrink-0 rounded-full', DOTS[mode])} />
)

interface ModeBadgeProps {
  readonly mode: Mode
  readonly percent?: number | undefined
  /** Not all live instances apply it yet. */
  readonly pending?: boolean | undefined
}

export const ModeBadge = ({ mode, percent = 100, pending = false }: ModeBadgeProps) => (
  <Badge tone={mode} title={pending ? 'Published; not yet confirmed by every live instance' : undefined}>
    {pending ? <CircleDashed aria-hidden className="size-3 animate-pulse" /> : <ModeDot mode={mode} />}
    {MODE_WORDS[mode]}
    {mode === 'enforce' && percent < 100 && <span className="tabular-nums">{percent} %</span>}
    {pending && <span className="sr-only"> (not yet confirmed)</span>}
  </Badge>
)

const OUTCOME_TONES: Readonly<Record<Outcome, Tone>> = {
  allowed: 'allowed',
  'would-deny': 'log-only',
  denied: 'denied',
}
const OUTCOME_ICONS = { allowed: Check, 'would-deny': TriangleAlert, denied: X } as const

/** `short` says "Would deny" where a column has no room; the full words are in the title. */
export function OutcomeBadge({ outcome, short = false }: { readonly outcome: Outcome; readonly short?: boolean }) {
  const Icon = OUTCOME_ICONS[outcome]
  return (
    <Badge tone={OUTCOME_TONES[outcome]} title={OUTCOME_WORDS[outcome]}>
      <Icon aria-hidden className="size-3" strokeWidth={2.25} />
      {short && outcome === 'would-deny' ? 'Would deny' : OUTCOME_WORDS[outcome]}
    </Badge>
  )
}

const READINESS_TONES: Readonly<Record<Readiness, Tone>> = {
  ready: 'enforce',
  'not-ready': 'denied',
  'not-enough-evidence': 'outline',
}
const READINESS_ICONS = { ready: Check, 'not-ready': X, 'not-enough-evidence': CircleHelp } as const

export function ReadinessBadge({ readiness }: { readonly readiness: Readiness }) {
  const Icon = READINESS_ICONS[readiness]
  return (
    <Badge tone={READINESS_TONES[readiness]}>
      <Icon aria-hidden className="size-3" strokeWidth={2.25} />
      {READINESS_WORDS[readiness]}
    </Badge>
  )
}

const KIND_ICONS = { service: Server, integration: Bot, user: User, anonymous: Ghost } as const

export function KindIcon({ kind, className = 'size-3.5' }: { readonly kind: CallerKind; readonly className?: string }) {
  const Icon = KIND_ICONS[kind]
  return <Icon aria-hidden className={classNames('shrink-0 text-faint', className)} strokeWidth={1.75} />
}

export const KindBadge = ({ kind }: { readonly kind: CallerKind }) => (
  <Badge>
    <KindIcon kind={kind} className="size-3" />
    {CALLER_KIND_WORDS[kind]}
  </Badge>
)

const METHOD_TONES: Readonly<Record<string, string>> = {
  GET: 'text-muted',
  DELETE: 'text-text',
  POST: 'text-text',
  PUT: 'text-text',
  PATCH: 'text-text',
}

/** Method and route template, as one unit; on request in two lines, broken between path segments where possible. */
export const EndpointName = ({
  method,
  route,
  wrap = false,
  className,
}: {
  readonly method: string
  readonly route: string
  readonly wrap?: boolean
  readonly className?: string
}) => (
  <span className={classNames('inline-flex max-w-full min-w-0 items-baseline gap-2 font-mono text-xs', className)}>
    <span className={classNames('w-12 shrink-0 font-medium', METHOD_TONES[method] ?? 'text-text')}>{method}</span>
    {wrap ? (
      <span className="line-clamp-2 min-w-0 wrap-anywhere whitespace-normal">
        {route.split(/(?<=.)(?=\/)/).map((segment, index) => (
          <Fragment key={index}>
            <wbr />
            {segment}
          </Fragment>
        ))}
      </span>
    ) : (
      <span className="min-w-0 truncate">{route}</span>
    )}
  </span>
)
