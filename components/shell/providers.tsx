'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import dynamic from 'next/dynamic'
import { useEffect, useState, type ReactNode } from 'react'
import { createQueryClient } from '#lib/client/query-client.ts'
import { loadOverlaysWhenIdle } from '@/components/ui/overlay/load-overlays.ts'

const Toaster = dynamic(() => import('@/components/ui/toaster.tsx').then((module) => module.Toaster), { ssr: false })

declare global {
  // Read by get-nonce, through which radix's dialogs put a style element into the page.
  var __webpack_nonce__: string | undefined
}

interface ProvidersProps {
  readonly nonce: string
  readonly children: ReactNode
}

export function Providers({ nonce, children }: ProvidersProps) {
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ = nonce
  const [client] = useState(() => createQueryClient(leaveForSignIn))
  useEffect(loadOverlaysWhenIdle, [])
  return (
    <QueryClientProvider client={client}>
      <NuqsAdapter>
        {children}
        <Toaster />
      </NuqsAdapter>
    </QueryClientProvider>
  )
}

function leaveForSignIn(): void {
  const { pathname, search, hash } = window.location
  if (pathname === '/sign-in') return
  window.location.assign(`/sign-in?ended=1&return=${encodeURIComponent(`${pathname}${search}${hash}`)}`)
}
