'use client'
import { Plus, X } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { useState } from 'react'
import type { Grant, ScopePosture } from '#lib/client/object-types.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { KindIcon } from '../ui/status-badges.tsx'

const TakeBackDialog = dynamic(async () => (await import('../grants/take-back-dialog.tsx')).TakeBackDialog, {
  ssr: false,
})
const GrantDialog = dynamic(async () => (await import('../grants/grant-dialog.tsx')).GrantDialog, { ssr: false })

const USE_WORDS: Readonly<Record<Grant['use'], string>> = {
  used: 'needed in the last 30 days',
  unused: 'not needed in the last 30 days',
  'too-new': 'too new to tell',
  'not-known': 'not known: an endpoint that needs it is off',
}

/** What a chip says beside the name; a grant in use needs no word. */
const CHIP_WORDS: Readonly<Partial<Record<Grant['use'], string>>> = {
  unused: 'unused',
  'too-new': 'new',
  'not-known': 'not known',
}

function HolderChip({ grant }: { readonly grant: Grant }) {
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('operator')
  const [isTakingBack, setTakingBack] = useState(false)
  const isUnused = grant.use === 'unused'
  return (
    <li
      className={classNames(
        'inline-flex h-7 max-w-full items-center gap-1.5 rounded-md border pl-2',
        isUnused ? 'border-dashed border-log-only-fill bg-log-only-tint' : 'border-line-strong bg-raised',
        gate.disabledReason === undefined ? '' : 'pr-2',
      )}
    >
      <KindIcon kind={grant.identityKind} />
      <Link
        href={toPath(`/identities/${grant.clientId}`)}
        prefetch={false}
        title={`${grant.identityName}: ${USE_WORDS[grant.use]}`}
        className={classNames('truncate hover:underline', isUnused && 'text-log-only')}
      >
        {grant.clientId}
        <span className="sr-only">, {USE_WORDS[grant.use]}</span>
      </Link>
      {CHIP_WORDS[grant.use] !== undefined && (
        <span
          aria-hidden
          title={USE_WORDS[grant.use]}
          className={classNames('shrink-0 text-xs', isUnused ? 'text-log-only' : 'text-muted')}
        >
          {CHIP_WORDS[grant.use]}
        </span>
      )}
      {gate.disabledReason === undefined && (
        <button
          type="button"
          aria-label={`Take ${grant.scope} back from ${grant.clientId}`}
          title="Take back"
          onClick={() => {
            setTakingBack(true)
          }}
          className="inline-flex size-6 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-text"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
      {isTakingBack && (
        <TakeBackDialog
          grant={grant}
          onClose={() => {
            setTakingBack(false)
          }}
        />
      )}
    </li>
  )
}

/** Who holds a scope, and who does not need it; granted and taken back in place. */
export function ScopeHolders({ scope }: { readonly scope: ScopePosture }) {
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      <ul aria-label={`Holders of ${scope.name}`} className="contents">
        {scope.holders.map((grant) => (
          <HolderChip key={grant.id} grant={grant} />
        ))}
      </ul>
      {scope.holders.length === 0 && <span className="text-faint">nobody</span>}
      <Button
        size="sm"
        variant="ghost"
        icon={Plus}
        aria-label={`Grant ${scope.name}`}
        onClick={() => {
          setOpen(true)
        }}
        {...gate}
      >
        Grant
      </Button>
      {isOpen && (
        <GrantDialog
          scopeId={scope.id}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </div>
  )
}
