import type { Metadata } from 'next'
import { OpenApiImport } from '@/components/services/openapi-import.tsx'

export const metadata: Metadata = { title: 'OpenAPI import' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <OpenApiImport service={(await params).service} />
}
