'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, SlidersHorizontal, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { notFound, useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState } from 'react'
import { endpointQuery } from '#lib/client/endpoints.ts'
import { evidenceQuery } from '#lib/client/evidence.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { pendingEndpointsQuery } from '#lib/client/pending-endpoints.ts'
import { MODES, type Mode } from '#lib/policy/vocabulary.ts'
import { CallersPanel } from '../evidence/callers-panel.tsx'
import { EvidencePanel } from '../evidence/evidence-panel.tsx'
import { useEvidenceWindow } from '../evidence/use-evidence-window.ts'
import { ObjectHistory } from '../history/object-history.tsx'
import { BackToLogOnly } from '../mode-change/back-to-log-only.tsx'
import { ModeHistory } from '../mode-change/mode-history.tsx'
import { useModeChangeSheet } from '../mode-change/use-mode-change-sheet.tsx'
import { useCommands } from '../shell/commands.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { MenuItem } from '../ui/menu.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { EndpointName } from '../ui/status-badges.tsx'
import { useLateAnchor } from '../ui/use-late-anchor.ts'
import { MODE_WORDS } from '../ui/words.ts'
import { MODE_KEYS } from './mode-keys.ts'
import { EndpointDecisions } from './endpoint-decisions.tsx'
import { EndpointFacts } from './endpoint-facts.tsx'
import { ModeState } from './mode-state.tsx'

const RuleEditor = dynamic(async () => (await import('../rules/rule-editor.tsx')).RuleEditor, {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
})
const ForecastPanel = dynamic(async () => (await import('../mode-change/forecast-panel.tsx')).ForecastPanel, {
  ssr: false,
})
const DescriptionDialog = dynamic(async () => (await import('./description-dialog.tsx')).DescriptionDialog, {
  ssr: false,
})
const DeleteEndpointDialog = dynamic(async () => (await import('./delete-endpoint-dialog.tsx')).DeleteEndpointDialog, {
  ssr: false,
})

/** The step that usually comes next. */
const nextMode = ({ mode }: Endpoint): Mode => (mode === 'off' ? 'log-only' : 'enforce')

interface ActionsProps {
  readonly endpoint: Endpoint
  readonly onChangeMode: (mode: Mode) => void
}

function Actions({ endpoint, onChangeMode }: ActionsProps) {
  const gate = useRoleGate('operator')
  const router = useRouter()
  const toPath = useEnvironmentPath()
  const [dialog, setDialog] = useState<'description' | 'delete' | null>(null)
  const close = () => {
    setDialog(null)
  }
  return (
    <>
      {endpoint.mode === 'enforce' && <BackToLogOnly endpoints={[endpoint]} labelled />}
      <Button
        variant="primary"
        icon={SlidersHorizontal}
        onClick={() => {
          onChangeMode(nextMode(endpoint))
        }}
      >
        Change mode
      </Button>
      <MoreMenu label="More about this endpoint">
        <MenuItem
          icon={Pencil}
          onSelect={() => {
            setDialog('description')
          }}
          {...gate}
        >
          Edit the description
        </MenuItem>
        <MenuItem
          icon={Trash2}
          danger
          onSelect={() => {
            setDialog('delete')
          }}
          {...gate}
        >
          Forget this endpoint
        </MenuItem>
      </MoreMenu>
      {dialog === 'description' && <DescriptionDialog endpoint={endpoint} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteEndpointDialog
          endpoint={endpoint}
          onClose={close}
          onDeleted={() => {
            router.push(toPath(`/services/${endpoint.serviceSlug}`))
          }}
        />
      )}
    </>
  )
}

/** Evidence names the instances that are behind: it is read anew when one of them has confirmed, or another one runs. */
function useFreshEvidence({ id, confirmation: { state, live, confirmed } }: Endpoint) {
  const environment = useEnvironment()
  const client = useQueryClient()
  const standing = `${state} ${String(confirmed)} of ${String(live)}`
  const seen = useRef(standing)
  useEffect(() => {
    if (standing === seen.current) return
    seen.current = standing
    void client.invalidateQueries({ queryKey: ['evidence', environment, id] })
    void client.invalidateQueries({ queryKey: ['mode-changes', environment, id] })
  }, [client, environment, id, standing])
}

function Loaded({ endpoint }: { readonly endpoint: Endpoint }) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const [windowHours, setWindowHours] = useEvidenceWindow()
  const { openModeChange, modeChangeSheet } = useModeChangeSheet()
  // What the sheet shows stays, with the token that proves it: the page shows the same, not what came since.
  const reading = useQuery({
    ...evidenceQuery(environment, endpoint.id, { windowHours }),
    enabled: modeChangeSheet === null,
  })
  const isPending = endpoint.confirmation.state === 'pending'
  useFreshEvidence(endpoint)
  useQuery(
    pendingEndpointsQuery(
      environment,
      useMemo(() => (isPending ? [endpoint.serviceSlug] : []), [isPending, endpoint.serviceSlug]),
    ),
  )
  const open = (mode: Mode) => {
    openModeChange({ endpoints: [endpoint], mode, windowHours })
  }
  useCommands(
    useMemo(
      () =>
        MODES.map((mode) => ({
          id: `mode-${mode}`,
          title: `Change the mode to ${MODE_WORDS[mode]}`,
          shortcut: MODE_KEYS[mode],
          run: () => {
            openModeChange({ endpoints: [endpoint], mode, windowHours })
          },
        })),
      [endpoint, openModeChange, windowHours],
    ),
  )
  return (
    <>
      <PageHeader
        parent={{ label: 'Endpoints', href: toPath('/endpoints') }}
        title={
          <EndpointName
            method={endpoint.method}
            route={endpoint.route}
            className="text-lg! flex-wrap gap-x-3 [&>span]:w-auto [&>span]:whitespace-normal [&>span]:break-all"
          />
        }
        description={
          <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
            <ModeState endpoint={endpoint} />
            <Link href={toPath(`/services/${endpoint.serviceSlug}`)} className="hover:text-text hover:underline">
              {endpoint.serviceName}
            </Link>
            {endpoint.description !== '' && <span>{endpoint.description}</span>}
          </span>
        }
        actions={<Actions endpoint={endpoint} onChangeMode={open} />}
      />
      <div className="grid items-start gap-4 xl:grid-cols-12">
        <div className="grid min-w-0 gap-4 xl:col-span-7">
          <EvidencePanel endpoint={endpoint} reading={reading} windowHours={windowHours} onWindow={setWindowHours} />
          <ForecastPanel endpointId={endpoint.id} />
          <ModeHistory endpointId={endpoint.id} />
        </div>
        <div className="grid min-w-0 gap-4 xl:col-span-5">
          <EndpointDecisions endpoint={endpoint} />
          <EndpointFacts endpoint={endpoint} />
        </div>
        <div className="grid min-w-0 gap-4 xl:col-span-12">
          <Panel
            id="rule"
            title="Rule"
            description="What the endpoint requires. A draft is replayed on the recorded requests before it is published"
          >
            <RuleEditor key={endpoint.id} endpoint={endpoint} reading={reading} windowHours={windowHours} />
          </Panel>
          <CallersPanel reading={reading} />
          <ObjectHistory concerns={{ targetKind: 'endpoint', targetId: endpoint.id }} />
        </div>
      </div>
      {modeChangeSheet}
    </>
  )
}

/** One endpoint: what it requires, who calls it, what would become of them, and what was done about it. */
export function EndpointPage({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(endpointQuery(useEnvironment(), id))
  useLateAnchor(data !== undefined)
  if (data !== undefined) return <Loaded endpoint={data} />
  if (error?.status === 404 || error?.status === 400 || error?.status === 422) notFound()
  if (error !== null) return <ProblemAlert problem={error} onRetry={() => void refetch()} />
  return (
    <div aria-busy className="flex flex-col gap-4">
      <PageHeader title="Endpoint" description={<Skeleton className="h-5 w-48" />} />
      <Skeleton className="h-96" />
    </div>
  )
}
