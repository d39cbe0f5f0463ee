import { Ban, TriangleAlert } from 'lucide-react'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { toPlural } from '../ui/words.ts'

/** What is wrong with an identity, in sentences. */
export const IdentityNotices = ({ identity }: { readonly identity: IdentityPosture }) => (
  <div className="flex flex-col gap-2 empty:hidden">
    {identity.disabled && (
      <p role="note" className="flex gap-2 rounded-lg bg-denied-tint px-3 py-2 text-denied">
        <Ban aria-hidden className="mt-0.5 size-4 shrink-0" />
        Disabled in this environment: it gets no token, and services deny those it still has.
      </p>
    )}
    {identity.sharedCredential && (
      <p role="note" className="flex gap-2 rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          {toPlural(identity.workloads.length, 'workload')} share its credential: {identity.workloads.join(', ')}. Give
          each an identity of its own, so that one can be denied without the others.
        </span>
      </p>
    )}
  </div>
)
