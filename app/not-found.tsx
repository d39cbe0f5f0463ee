import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button.tsx'
import { EmptyState } from '@/components/ui/empty-state.tsx'

export const metadata: Metadata = { title: 'Not found' }

const NotFoundPage = () => (
  <main className="grid min-h-dvh place-items-center">
    <EmptyState title="There is nothing here" action={<ButtonLink href="/">Go to the overview</ButtonLink>}>
      The address is wrong, or what it named was deleted.
    </EmptyState>
  </main>
)

export default NotFoundPage
