'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { credentialsQuery } from '#lib/client/credentials.ts'
import { environmentQuery } from '#lib/client/environments.ts'
import { grantsQuery } from '#lib/client/grants.ts'
import { CREDENTIAL_KINDS, type CredentialKind } from '#lib/policy/vocabulary.ts'
import { KIND_WORDS } from '../credentials/credential-variants.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { SelectField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toCurl, toNode, type TryIt } from './try-it-lines.ts'

const FORMS = [
  { value: 'curl', label: 'Terminal' },
  { value: 'node', label: 'Node.js' },
] as const
type Form = (typeof FORMS)[number]['value']

/** The lines with which an identity gets a token for a service it may call. */
export function TryItPanel({ clientId }: { readonly clientId: string }) {
  const slug = useEnvironment()
  const { data: environment } = useQuery(environmentQuery(slug))
  const { data: grants } = useQuery(grantsQuery(slug, { clientId }))
  const { data: credentials } = useQuery(credentialsQuery(slug, clientId))
  const ready = environment !== undefined && grants !== undefined && credentials !== undefined
  return (
    <Panel id="try-it" title="Try it" description="A token for a service it may call">
      {ready ? (
        <TryItLines
          // The issuer is the public address with the environment behind it.
          url={environment.issuer.replace(/\/e\/[^/]+$/, '')}
          clientId={clientId}
          grants={grants.items}
          kind={credentials.items.find(({ state }) => state === 'live')?.kind ?? 'client-secret'}
        />
      ) : (
        <SkeletonLines lines={5} />
      )}
    </Panel>
  )
}

interface LinesProps {
  readonly url: string
  readonly clientId: string
  readonly grants: readonly { readonly serviceSlug: string; readonly scope: string }[]
  /** Of a credential it has. */
  readonly kind: CredentialKind
}

function TryItLines({ url, clientId, grants, kind }: LinesProps) {
  const byService = Map.groupBy(grants, ({ serviceSlug }) => serviceSlug)
  const services = [...byService.keys()].toSorted()
  const [chosen, setChosen] = useState<string | null>(null)
  const [credentialKind, setCredentialKind] = useState(kind)
  const [form, setForm] = useState<Form>('curl')
  const audience = chosen ?? services[0]
  if (audience === undefined)
    return (
      <p className="text-muted">It holds no grant, so there is no service to get a token for. Grant a scope first.</p>
    )
  const scopes = (byService.get(audience) ?? []).map(({ scope }) => scope).toSorted()
  return (
    <div className="flex flex-col gap-3">
      <SelectField
        label="Service"
        value={audience}
        options={services.map((value) => ({ value, label: value }))}
        onChange={(event) => {
          setChosen(event.currentTarget.value)
        }}
      />
      <SelectField
        label="Credential"
        value={credentialKind}
        options={CREDENTIAL_KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
        onChange={(event) => {
          setCredentialKind(event.currentTarget.value as CredentialKind) // one of the options
        }}
      />
      <Segmented label="Where" value={form} options={FORMS} onChange={setForm} className="self-start" />
      <Lines form={form} wish={{ url, clientId, audience, scopes, credentialKind }} />
    </div>
  )
}

function Lines({ form, wish }: { readonly form: Form; readonly wish: TryIt }) {
  const curl = toCurl(wish)
  if (form === 'node') return <CodeBlock label="lines for Node.js" code={toNode(wish)} />
  if (curl === null)
    return (
      <p className="text-muted">
        Each request is signed anew with the private key, which takes a program: see the lines for Node.js.
      </p>
    )
  return <CodeBlock label="command" code={curl} />
}
