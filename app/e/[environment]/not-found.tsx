import { EmptyState } from '@/components/ui/empty-state.tsx'

const NotFoundPage = () => (
  <>
    <h1 className="sr-only">Not found</h1>
    <EmptyState title="There is nothing here">
      The address is wrong, or what it named was deleted. The search (press /) finds every object by name.
    </EmptyState>
  </>
)

export default NotFoundPage
