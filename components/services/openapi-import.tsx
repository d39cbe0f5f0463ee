'use client'
import dynamic from 'next/dynamic'
import { Skeleton } from '../ui/skeleton.tsx'

const OpenApiImportForm = dynamic(async () => (await import('./openapi-import-form.tsx')).OpenApiImportForm, {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
})

/** The form brings the contract's schemas with it, so it comes after the page. */
export const OpenApiImport = ({ service }: { readonly service: string }) => <OpenApiImportForm service={service} />
