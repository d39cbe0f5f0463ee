'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { environmentsQuery } from '#lib/client/environments.ts'
import { toEnvironmentPath, useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toDuration } from '../ui/words.ts'

const EnvironmentDialog = dynamic(async () => (await import('./environment-dialog.tsx')).EnvironmentDialog, {
  ssr: false,
})

/** Every environment, and a way to a new one. */
export function EnvironmentsSettings() {
  const current = useEnvironment()
  const gate = useRoleGate('administrator')
  const [isOpen, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(environmentsQuery())
  return (
    <Panel
      id="environments"
      title="Environments"
      description="Each is one trust domain with keys of its own"
      flush
      actions={
        <Button
          size="sm"
          icon={Plus}
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Create environment
        </Button>
      }
    >
      {data === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={3} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map(({ id, slug, name, revision, defaultTokenLifetimeSeconds, issuer }) => (
            <li key={id}>
              <Link
                href={toEnvironmentPath(slug, '/settings')}
                className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 hover:bg-hover"
              >
                <span className="font-medium">{name}</span>
                <code className="text-xs text-faint">{slug}</code>
                {slug === current && <Badge>This one</Badge>}
                <span className="ml-auto text-xs text-muted tabular-nums">
                  revision {revision} · tokens live {toDuration(defaultTokenLifetimeSeconds)}
                </span>
                <code className="w-full text-xs break-all text-muted">{issuer}</code>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <EnvironmentDialog
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </Panel>
  )
}
