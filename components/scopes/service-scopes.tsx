'use client'
import { KeyRound, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ScopeList, useScopes } from './scope-list.tsx'

const NewScopeDialog = dynamic(async () => (await import('./scope-dialog.tsx')).NewScopeDialog, { ssr: false })

/** The scopes a service owns. */
export function ServiceScopes({ service }: { readonly service: string }) {
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  const list = useScopes(service)
  const button = (
    <Button
      icon={Plus}
      onClick={() => {
        setOpen(true)
      }}
      {...gate}
    >
      Create scope
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">
          Rights at this service. Rules of its endpoints ask for them; identities are granted them.
        </p>
        {button}
      </div>
      <ScopeList
        {...list}
        withService={false}
        empty={
          <EmptyState icon={KeyRound} title="It owns no scope yet" action={button}>
            Create one for each thing callers may do, as resource:action.
          </EmptyState>
        }
      />
      {isOpen && (
        <NewScopeDialog
          service={service}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </div>
  )
}
