'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, KeyRound, Wrench } from 'lucide-react'
import { usePathname } from 'next/navigation'
import type { Fix, Grant } from '#lib/client/object-types.ts'
import { createGrant, deleteGrant } from '#lib/client/grants.ts'
import { toEnvironmentPath, useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { complain, toast, UNDO_OFFERED_MS } from '../ui/toast.ts'

interface FixActionProps {
  readonly fix: Fix
  readonly callerName: string
  readonly endpointId: string
  /** The service whose grants are meant, for messages. */
  readonly onFixed?: (() => void) | undefined
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

function GrantFix({ fix, onFixed }: FixActionProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const client = useQueryClient()
  const grant = useMutation(createGrant)
  const remove = useMutation(deleteGrant)
  const { clientId, scopeId } = fix
  if (clientId === null || scopeId === null) return <FixText title={fix.title} />
  const readPreviewsAnew = () => void client.invalidateQueries({ queryKey: ['mode-changes', environment, 'preview'] })
  const takeBack = ({ id, scope }: Grant) =>
    remove.mutateAsync({ params: { environment, id } }).then(() => {
      grant.reset()
      readPreviewsAnew()
      toast.success(`${scope} is taken back from ${clientId}`)
    }, complain)
  const run = () => {
    grant.mutate(
      { params: { environment }, body: { clientId, scopeId } },
      {
        onSuccess: (given) => {
          readPreviewsAnew()
          toast.success(`${clientId} holds ${given.scope} of ${given.serviceSlug} now`, {
            description: 'Its next tokens carry the scope. What was recorded before stays recorded.',
            duration: UNDO_OFFERED_MS,
            action: { label: 'Undo', onClick: () => void takeBack(given) },
          })
          onFixed?.()
        },
        onError: complain,
      },
    )
  }
  return (
    <Button
      size="sm"
      icon={grant.isSuccess ? Check : KeyRound}
      pending={grant.isPending}
      disabled={grant.isSuccess}
      onClick={run}
      {...gate}
    >
      {grant.isSuccess ? 'Granted' : withoutStop(fix.title)}
    </Button>
  )
}

const FixText = ({ title }: { readonly title: string }) => (
  <p className="flex gap-1.5 text-muted">
    <Wrench aria-hidden className="mt-0.5 size-3.5 shrink-0 text-faint" />
    {title}
  </p>
)

function fixLink(
  environment: string,
  pathname: string,
  { fix, callerName, endpointId }: FixActionProps,
): { readonly href: string; readonly label: string } | null {
  switch (fix.kind) {
    case 'enable-identity':
      return {
        href: toEnvironmentPath(environment, `/identities/${encodeURIComponent(fix.clientId ?? callerName)}`),
        label: 'Open the identity',
      }
    case 'accept-device':
      return {
        href: toEnvironmentPath(environment, `/decisions?endpoint=${endpointId}&reason=device-not-allowed`),
        label: 'See its devices',
      }
    case 'trust-issuer':
      return { href: toEnvironmentPath(environment, '/settings/issuers'), label: 'Trusted issuers' }
    case 'lengthen-max-token-age':
    case 'allow-network':
    case 'allow-country':
    case 'raise-rate':
    case 'relax-rule':
      return {
        href: toRuleHref(toEnvironmentPath(environment, `/endpoints/${endpointId}`), pathname),
        label: 'Edit the rule',
      }
    default:
      return null
  }
}

/** On the endpoint's own page the address stays what it is: it may hold a draft. */
const toRuleHref = (page: string, pathname: string): string => (page === pathname ? '#rule' : `${page}#rule`)

/** What would let a caller through; with one click where the control plane can do it. */
export function FixAction(props: FixActionProps) {
  const environment = useEnvironment()
  const pathname = usePathname()
  if (props.fix.kind === 'grant-scope') return <GrantFix {...props} />
  const link = fixLink(environment, pathname, props)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FixText title={props.fix.title} />
      {link !== null && (
        <ButtonLink size="sm" href={link.href}>
          {link.label}
        </ButtonLink>
      )}
    </div>
  )
}
