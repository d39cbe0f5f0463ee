'use client'
import { ArrowRight } from 'lucide-react'
import type { Rule, UnruledEndpoint, WideRule } from '#lib/client/object-types.ts'
import { toDraftPath } from '../rules/rule-draft-param.ts'
import { RuleChips } from '../rules/rule-chips.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { ModeBadge } from '../ui/status-badges.tsx'
import { toPlural } from '../ui/words.ts'
import { EndpointLink } from './finding-names.tsx'

type Proposal = WideRule['proposal']

const Change = ({ from, to }: { readonly from: Rule | null; readonly to: Rule }) => (
  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
    <RuleChips rule={from} />
    <ArrowRight aria-label="to" role="img" className="size-3.5 shrink-0 text-faint" />
    <RuleChips rule={to} />
  </span>
)

const Grounds = ({ proposal: { requests, callers, otherScopes, isConclusive } }: { readonly proposal: Proposal }) => (
  <p className="text-muted">
    All {toPlural(requests, 'request')} of {toPlural(callers, 'caller')} that are allowed now would still be allowed.
    {otherScopes.length > 0 && ` They carry ${otherScopes.join(', ')} as well.`}
    {!isConclusive && ' Too few requests to be sure.'}
  </p>
)

/** Opens the rule editor with the draft filled in: its replay shows what it would break before anything is published. */
function OpenDraft({ endpointId, rule, isSure }: { endpointId: string; rule: Rule; isSure: boolean }) {
  const toPath = useEnvironmentPath()
  return (
    <ButtonLink size="sm" variant={isSure ? 'primary' : 'secondary'} href={toPath(toDraftPath(endpointId, rule))}>
      Open the draft…
    </ButtonLink>
  )
}

export const WideRuleItem = ({ wide }: { readonly wide: WideRule }) => (
  <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
    <div className="flex min-w-[min(100%,18rem)] flex-1 flex-col gap-1">
      <EndpointLink endpoint={wide} />
      <Change from={wide.present} to={wide.proposal.rule} />
      <Grounds proposal={wide.proposal} />
    </div>
    <OpenDraft endpointId={wide.endpointId} rule={wide.proposal.rule} isSure={wide.proposal.isConclusive} />
  </div>
)

export function UnruledEndpointItem({ endpoint }: { readonly endpoint: UnruledEndpoint }) {
  const toPath = useEnvironmentPath()
  const { endpointId, mode, requests, proposal } = endpoint
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="flex min-w-[min(100%,18rem)] flex-1 flex-col gap-1">
        <EndpointLink endpoint={endpoint} />
        <p className="flex flex-wrap items-center gap-2 text-muted tabular-nums">
          <ModeBadge mode={mode} />
          {requests === 0 ? <Badge>no traffic</Badge> : `${toPlural(requests, 'request')} in 7 days`}
          {mode === 'off' && requests > 0 && ': only counted, so who sends them is not known'}
        </p>
        {proposal !== null && (
          <>
            <Change from={null} to={proposal.rule} />
            <Grounds proposal={proposal} />
          </>
        )}
      </div>
      {proposal === null ? (
        <ButtonLink size="sm" href={toPath(`/endpoints/${endpointId}#rule`)}>
          Write the rule
          <span className="sr-only">{` of ${endpoint.method} ${endpoint.route}`}</span>
        </ButtonLink>
      ) : (
        <OpenDraft endpointId={endpointId} rule={proposal.rule} isSure={proposal.isConclusive} />
      )}
    </div>
  )
}
