'use client'
import { useMutation } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { importOpenApi } from '#lib/client/services.ts'
import { OpenApiImport as OpenApiImportBody } from '#lib/contract/endpoint.ts'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { CheckboxField, TextareaField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { EndpointName } from '../ui/status-badges.tsx'
import { useUnsaved } from '../ui/unsaved.ts'
import { toPlural } from '../ui/words.ts'

type ImportResult = RouteResponse<'importOpenApi'>

const BYTES_MAX = 2_000_000

interface EndpointGroupProps {
  readonly title: string
  readonly endpoints: ImportResult['created']
  readonly detail?: string
}

const EndpointGroup = ({ title, endpoints, detail }: EndpointGroupProps) =>
  endpoints.length === 0 ? null : (
    <details open={endpoints.length <= 20} className="rounded-lg border border-line px-3 py-2">
      <summary className="font-medium">
        {toPlural(endpoints.length, 'endpoint')} {title}
      </summary>
      {detail !== undefined && <p className="text-muted">{detail}</p>}
      <ul className="mt-1 flex flex-col gap-0.5">
        {endpoints.map(({ method, route }) => (
          <li key={`${method} ${route}`}>
            <EndpointName method={method} route={route} />
          </li>
        ))}
      </ul>
    </details>
  )

function Result({ result, service }: { readonly result: ImportResult; readonly service: string }) {
  const toPath = useEnvironmentPath()
  return (
    <div aria-live="polite" className="flex flex-col gap-3">
      <h3 className="font-medium">
        {result.dryRun
          ? 'What the import would do'
          : `Imported${result.revision === null ? '' : ` with revision ${String(result.revision)}`}`}
      </h3>
      <EndpointGroup title={result.dryRun ? 'to create' : 'created'} endpoints={result.created} />
      {result.createdScopes.length > 0 && (
        <p className="flex flex-wrap items-center gap-1">
          Scopes {result.dryRun ? 'to create' : 'created'}:
          {result.createdScopes.map((scope) => (
            <Badge key={scope} className="font-mono font-normal">
              {scope}
            </Badge>
          ))}
        </p>
      )}
      <EndpointGroup
        title="known already"
        endpoints={result.unchanged}
        detail="Their rules and modes stay as they are."
      />
      <EndpointGroup
        title="that the document does not have"
        endpoints={result.missing}
        detail="They are left as they are."
      />
      {result.notes.length > 0 && (
        <ul className="list-disc pl-5 text-muted">
          {result.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {result.dryRun && result.created.length === 0 && <p className="text-muted">There is nothing to create.</p>}
      {!result.dryRun && (
        <ButtonLink href={toPath(`/services/${service}`)} className="self-start">
          See the endpoints
        </ButtonLink>
      )}
    </div>
  )
}

/** Creates endpoints from an OpenAPI document, after showing what would happen. */
export function OpenApiImportForm({ service }: { readonly service: string }) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const file = useRef<HTMLInputElement>(null)
  const [result, setResult] = useState<ImportResult | null>(null)
  const send = useMutation(importOpenApi)
  const form = useContractForm(OpenApiImportBody, { document: '', dryRun: true, rulesFromSecurity: true })
  const { errors } = form.formState
  const run = (dryRun: boolean) => (body: { document: string; rulesFromSecurity: boolean }) =>
    send.mutateAsync({ params: { environment, service }, body: { ...body, dryRun } })
  const preview = useContractSubmit(form, run(true), setResult)
  const create = useContractSubmit(form, run(false), setResult)
  const readFile = async (chosen: File | undefined) => {
    if (chosen === undefined) return
    if (chosen.size > BYTES_MAX) {
      form.setError('document', {
        message: `is ${toPlural(chosen.size, 'byte')} long; at most ${toPlural(BYTES_MAX, 'byte')} are read`,
      })
      return
    }
    form.setValue('document', await chosen.text(), { shouldValidate: true, shouldDirty: true })
    setResult(null)
  }
  useUnsaved(
    form.watch('document') !== '' && result?.dryRun !== false && 'the OpenAPI document that is not imported yet',
  )
  const isPreviewed = result?.dryRun === true && result.created.length > 0
  return (
    <Panel
      id="import"
      title="OpenAPI import"
      description="Endpoints appear by themselves when the service runs. Import them to say what they require before that"
    >
      <form noValidate onSubmit={isPreviewed ? create.submit : preview.submit} className="grid gap-6 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <div className="flex flex-wrap items-center gap-2">
            <input
              ref={file}
              type="file"
              accept=".json,.yaml,.yml,application/json"
              className="sr-only"
              tabIndex={-1}
              aria-label="OpenAPI document"
              onChange={(event) => void readFile(event.currentTarget.files?.[0])}
            />
            <Button icon={FileUp} onClick={() => file.current?.click()}>
              Choose a file
            </Button>
            <span className="text-muted">or paste it below</span>
          </div>
          <TextareaField
            label="OpenAPI 3.0 or 3.1 document"
            rows={14}
            className="font-mono text-xs"
            placeholder={'openapi: 3.1.0\npaths:\n  /orders/{orderId}:\n    get: …'}
            hint="JSON or YAML, at most 2 MB."
            error={errors.document?.message}
            {...form.register('document', {
              onChange: () => {
                setResult(null)
              },
            })}
          />
          <CheckboxField
            label="Take rules from its security requirements"
            hint="OAuth 2 scopes become the scopes that new endpoints require; missing ones are created."
            {...form.register('rulesFromSecurity', {
              onChange: () => {
                setResult(null)
              },
            })}
          />
          <WriteProblem problem={preview.problem ?? create.problem} />
          <div className="flex flex-wrap gap-2">
            <Button
              type={isPreviewed ? 'button' : 'submit'}
              variant={isPreviewed ? 'secondary' : 'primary'}
              pending={preview.isPending && !isPreviewed}
              onClick={
                isPreviewed
                  ? () => {
                      preview.submit()
                    }
                  : undefined
              }
              {...gate}
            >
              Preview
            </Button>
            {isPreviewed && (
              <Button type="submit" variant="primary" pending={create.isPending} {...gate}>
                Create {toPlural(result.created.length, 'endpoint')}
              </Button>
            )}
          </div>
        </div>
        <div className="min-w-0">
          {result === null ? (
            <p className="text-muted">
              The preview says which endpoints would be created, which are known and which the document lacks. New
              endpoints start with mode off.
            </p>
          ) : (
            <Result result={result} service={service} />
          )}
        </div>
      </form>
    </Panel>
  )
}
