'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { deleteService, serviceQuery } from '#lib/client/services.ts'
import type { ServicePosture } from '#lib/client/object-types.ts'
import { ObjectHistory } from '../history/object-history.tsx'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'

const loading = () => <Skeleton className="h-48" />
const UndeclaredRoutesForm = dynamic(async () => (await import('./service-setting-forms.tsx')).UndeclaredRoutesForm, {
  ssr: false,
  loading,
})
const DetailsForm = dynamic(async () => (await import('./service-setting-forms.tsx')).DetailsForm, {
  ssr: false,
  loading,
})

function Deletion({ service }: { readonly service: ServicePosture }) {
  const router = useRouter()
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('administrator')
  const [isOpen, setOpen] = useState(false)
  const remove = useMutation(deleteService)
  const confirm = () => {
    remove.mutate(
      { params: { service: service.slug }, ifMatch: service.version },
      {
        onSuccess: () => {
          toast.success(`${service.name} is deleted`)
          router.push(toPath('/services'))
        },
      },
    )
  }
  return (
    <Panel id="deletion" title="Delete this service">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-xl text-muted">
          In every environment: its endpoints, rules, scopes, credentials and grants. It must have no live instance.
          Audit entries stay.
        </p>
        <Button
          variant="danger"
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Delete service
        </Button>
      </div>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete ${service.name}?`}
        confirm="Delete"
        danger
        pending={remove.isPending}
        problem={remove.error}
        onConfirm={confirm}
      >
        Its endpoints, rules, scopes, credentials and grants go with it, in every environment. This cannot be undone.
      </ConfirmDialog>
    </Panel>
  )
}

/** What can be set about a service. */
export function ServiceSettings({ service: slug }: { readonly service: string }) {
  const environment = useEnvironment()
  const client = useQueryClient()
  const { data } = useQuery(serviceQuery(environment, slug))
  const [epoch, setEpoch] = useState(0)
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['services', environment, slug] })
    setEpoch((count) => count + 1)
  }
  if (data === undefined) return <SkeletonLines lines={6} />
  const part = { service: data, onReload: () => void reload() }
  return (
    <div className="grid items-start gap-4 xl:grid-cols-12">
      <div className="grid min-w-0 gap-4 xl:col-span-7">
        <UndeclaredRoutesForm key={`undeclared ${String(epoch)}`} {...part} />
        <DetailsForm key={`details ${String(epoch)}`} {...part} />
        <Deletion service={data} />
      </div>
      <div className="min-w-0 xl:col-span-5">
        <ObjectHistory concerns={{ targetKind: 'service', targetId: data.id }} />
      </div>
    </div>
  )
}
