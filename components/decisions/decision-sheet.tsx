'use client'
import { useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { sampleQuery } from '#lib/client/decisions.ts'
import { isIdentityKind } from '#lib/policy/vocabulary.ts'
import { useDeviceActions } from '@/components/devices/use-device-actions.ts'
import { useRoleGate } from '@/components/shell/session-context.tsx'
import { useEnvironment, useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { Badge } from '@/components/ui/badge.tsx'
import { Button } from '@/components/ui/button.tsx'
import { classNames } from '@/components/ui/class-names.ts'
import { CopyButton } from '@/components/ui/copy-button.tsx'
import { Sheet } from '@/components/ui/dialog.tsx'
import { KeyValues } from '@/components/ui/key-values.tsx'
import { ProblemAlert } from '@/components/ui/problem-alert.tsx'
import { toExactTime } from '@/components/ui/relative-time.tsx'
import { SkeletonLines } from '@/components/ui/skeleton.tsx'
import { ModeBadge, OutcomeBadge } from '@/components/ui/status-badges.tsx'
import { CHECK_WORDS, toDuration, toReasonWords } from '@/components/ui/words.ts'
import { ActorChain } from './actor-chain.tsx'
import { SampleContext } from './sample-context.tsx'
import { CallerName, ReplayedBadge } from './sample-list.tsx'
import type { DecisionFilter } from './use-decision-filter.ts'

type Detail = RouteResponse<'getSample'>

interface DecisionSheetProps {
  readonly id: string
  readonly filter: DecisionFilter
  readonly onClose: () => void
}

/** One decision: what was checked, in order, and every fact it rests on. */
export function DecisionSheet({ id, filter, onClose }: DecisionSheetProps) {
  const environment = useEnvironment()
  const { data, error, refetch } = useQuery(sampleQuery(environment, id))
  const only = (dimension: Parameters<DecisionFilter['setDimensions']>[0]) => {
    filter.setDimensions(dimension)
    onClose()
  }
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={
        data === undefined ? (
          'Decision'
        ) : (
          <span className="font-mono text-sm break-all">{`${data.method} ${data.route}`}</span>
        )
      }
      footer={
        data && (
          <>
            <AcceptDevice detail={data} />
            {data.reason !== null && (
              <Button
                onClick={() => {
                  only({ reason: data.reason })
                }}
              >
                Only this reason
              </Button>
            )}
            <Button
              onClick={() => {
                only({ caller: data.caller.key })
              }}
            >
              Only this caller
            </Button>
          </>
        )
      }
    >
      {error !== null && <ProblemAlert problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <SkeletonLines lines={18} />}
      {data !== undefined && (
        <div className="space-y-6">
          <Summary detail={data} />
          <ActorChain detail={data} />
          <Checks checks={data.checks} />
          <Facts detail={data} />
          {data.context !== null && <SampleContext context={data.context} device={data.device} />}
        </div>
      )}
    </Sheet>
  )
}

/** Where the device is what was missing. */
function AcceptDevice({ detail: { caller, device, context } }: { readonly detail: Detail }) {
  const gate = useRoleGate('operator')
  const { accept, isAccepting, isAccepted } = useDeviceActions()
  if (device === null || context?.device !== 'new' || caller.kind === 'anonymous') return null
  return (
    <Button
      variant="primary"
      pending={isAccepting}
      disabled={isAccepted}
      onClick={() => void accept({ caller: caller.name, device })}
      {...gate}
    >
      {isAccepted ? 'Accepted' : 'Accept this device'}
    </Button>
  )
}

const VERBS = { allowed: 'was allowed', 'would-deny': 'would have been denied', denied: 'was denied' } as const

const Summary = ({
  detail: { outcome, mode, caller, serviceSlug, reason, missingScopes, replayed },
}: {
  readonly detail: Detail
}) => (
  <div className="space-y-2">
    <div className="flex flex-wrap gap-2">
      <OutcomeBadge outcome={outcome} />
      <ModeBadge mode={mode} />
      {replayed && <ReplayedBadge />}
    </div>
    <p>
      <span className="font-medium">{caller.name}</span> {VERBS[outcome]} at{' '}
      <span className="font-medium">{serviceSlug}</span>
      {reason !== null && `: ${toReasonWords(reason).toLowerCase()}`}
      {missingScopes.length > 0 && (
        <>
          {' '}
          <code>{missingScopes.join(' ')}</code>
        </>
      )}
      .{mode === 'enforce' && outcome === 'would-deny' && ' The caller is outside the enforced percent.'}
    </p>
  </div>
)

const Checks = ({ checks }: { readonly checks: Detail['checks'] }) => {
  const reasonIndex = checks.findIndex(({ passed }) => !passed)
  return (
    <section aria-labelledby="checks">
      <h3 id="checks" className="mb-2 font-medium">
        Checks, in order
      </h3>
      <ol className="overflow-hidden rounded-lg border border-line">
        {checks.map(({ check, passed, detail }, index) => (
          <li
            key={`${check} ${detail}`}
            className={classNames(
              'grid grid-cols-[1rem_6rem_minmax(0,1fr)] items-start gap-x-3 border-b border-line px-3 py-2 last:border-b-0',
              !passed && 'bg-denied-tint',
            )}
          >
            {passed ? (
              <Check aria-label="passed" className="mt-0.5 size-4 text-enforce" />
            ) : (
              <X aria-label="failed" className="mt-0.5 size-4 text-denied" />
            )}
            <span className={passed ? 'text-muted' : 'font-medium text-denied'}>{CHECK_WORDS[check]}</span>
            <span className="min-w-0 break-words">
              {detail}
              {index === reasonIndex && <span className="block text-xs text-denied">This decided.</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Facts({ detail }: { readonly detail: Detail }) {
  const toPath = useEnvironmentPath()
  const {
    id,
    at,
    serviceSlug,
    endpointId,
    method,
    route,
    path,
    caller,
    issuer,
    scopes,
    subject,
    tokenId,
    tokenAgeSeconds,
    address,
    userAgent,
    revision,
    instanceId,
  } = detail
  const hasIdentity = isIdentityKind(caller.kind)
  return (
    <section aria-labelledby="facts">
      <h3 id="facts" className="mb-2 font-medium">
        Facts
      </h3>
      <KeyValues
        items={[
          [
            'Time',
            <time key="time" dateTime={at}>
              {toExactTime(at)}
            </time>,
          ],
          ['Decision id', <Copied key="id" text={id} what="decision id" />],
          [
            'Service',
            <TextLink key="service" href={toPath(`/services/${serviceSlug}`)}>
              {serviceSlug}
            </TextLink>,
          ],
          [
            'Endpoint',
            endpointId === null ? (
              <span key="endpoint">
                {method} {route} <span className="text-faint">(not declared)</span>
              </span>
            ) : (
              <TextLink key="endpoint" href={toPath(`/endpoints/${endpointId}`)}>
                <code>
                  {method} {route}
                </code>
              </TextLink>
            ),
          ],
          [
            'Path',
            <code key="path" className="break-all">
              {path}
            </code>,
          ],
          [
            'Caller',
            hasIdentity ? (
              <TextLink key="caller" href={toPath(`/identities/${caller.name}`)}>
                <CallerName caller={caller} />
              </TextLink>
            ) : (
              <CallerName key="caller" caller={caller} />
            ),
          ],
          ['Subject', orUnknown(subject)],
          ['Issuer', orUnknown(issuer)],
          [
            'Scopes',
            scopes.length === 0 ? (
              <span key="scopes" className="text-faint">
                none
              </span>
            ) : (
              <span key="scopes" className="flex flex-wrap gap-1">
                {scopes.map((scope) => (
                  <Badge key={scope}>
                    <code>{scope}</code>
                  </Badge>
                ))}
              </span>
            ),
          ],
          ['Token id', tokenId === null ? orUnknown(null) : <Copied key="token" text={tokenId} what="token id" />],
          ['Token age', tokenAgeSeconds === null ? orUnknown(null) : toDuration(tokenAgeSeconds)],
          ['Address', orUnknown(address)],
          ['User agent', orUnknown(userAgent)],
          ['Revision', String(revision)],
          [
            'Instance',
            <code key="instance" className="break-all">
              {instanceId}
            </code>,
          ],
        ]}
      />
    </section>
  )
}

const orUnknown = (value: string | null): ReactNode =>
  value === null ? <span className="text-faint">not known</span> : <span className="break-all">{value}</span>

const Copied = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <span className="flex items-start gap-1">
    <code className="min-w-0 break-all">{text}</code>
    <CopyButton text={text} what={what} />
  </span>
)

const TextLink = ({ href, children }: { readonly href: string; readonly children: ReactNode }) => (
  <Link href={href} className="underline decoration-line-strong underline-offset-2 hover:decoration-text">
    {children}
  </Link>
)
