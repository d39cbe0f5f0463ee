'use client'
import { Button } from '@/components/ui/button.tsx'
import { EmptyState } from '@/components/ui/empty-state.tsx'

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string }
  readonly reset: () => void
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <EmptyState title="This page could not be shown" action={<Button onClick={reset}>Try again</Button>}>
      <p role="alert">
        The control plane did not answer as expected. Your services are not affected: they decide on their own.
      </p>
      {error.digest !== undefined && <p className="mt-1 text-xs text-faint">Reference {error.digest}</p>}
    </EmptyState>
  )
}
