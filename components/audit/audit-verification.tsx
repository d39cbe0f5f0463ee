'use client'
import { useQuery } from '@tanstack/react-query'
import { ShieldCheck, ShieldX } from 'lucide-react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { auditVerificationQuery } from '#lib/client/audit.ts'
import { Button } from '@/components/ui/button.tsx'
import { CopyButton } from '@/components/ui/copy-button.tsx'
import { Popover } from '@/components/ui/popover.tsx'
import { ProblemAlert } from '@/components/ui/problem-alert.tsx'
import { Spinner } from '@/components/ui/spinner.tsx'
import { toExactTime } from '@/components/ui/relative-time.tsx'
import { toPlural } from '@/components/ui/words.ts'

type Result = RouteResponse<'verifyAuditLog'>

/** Recomputes every hash of the chain and says where it breaks. */
export function AuditVerification() {
  const { data, error, isFetching, refetch } = useQuery(auditVerificationQuery())
  return (
    <Popover
      label="Verification of the chain"
      align="end"
      className="w-80 p-4"
      onOpenChange={(isOpen) => {
        if (isOpen) void refetch()
      }}
      trigger={<Button icon={ShieldCheck}>Verify</Button>}
    >
      <div aria-live="polite">
        {isFetching ? (
          <Spinner label="Recomputing every hash…" />
        ) : error !== null ? (
          <ProblemAlert problem={error} />
        ) : (
          data !== undefined && <Verdict result={data} />
        )}
      </div>
    </Popover>
  )
}

const Verdict = ({ result: { entries, intact, brokenAt, head, verifiedAt } }: { readonly result: Result }) => (
  <div className="space-y-2">
    <p
      className={
        intact ? 'flex items-center gap-2 font-medium text-enforce' : 'flex items-center gap-2 font-medium text-denied'
      }
    >
      {intact ? <ShieldCheck aria-hidden className="size-4" /> : <ShieldX aria-hidden className="size-4" />}
      {intact ? 'The chain is intact' : `The chain breaks at entry ${brokenAt ?? 'unknown'}`}
    </p>
    <p className="text-muted">
      {intact
        ? `${toPlural(entries, 'entry was', 'entries were')} recomputed.`
        : 'That entry, or one before it, was changed outside of Stepgate. Compare with an export kept elsewhere.'}
    </p>
    {head !== null && (
      <div>
        <p className="text-xs text-muted">
          Hash of the newest entry. Keep it elsewhere: it proves later that nothing before it was rewritten.
        </p>
        <p className="flex items-center gap-1">
          <code className="min-w-0 truncate text-xs">{head}</code>
          <CopyButton text={head} what="hash" />
        </p>
      </div>
    )}
    <p className="text-xs text-faint">{toExactTime(verifiedAt)}</p>
  </div>
)
