'use client'
import { useQuery } from '@tanstack/react-query'
import { FileCheck, KeyRound, ShieldCheck, SplitSquareHorizontal } from 'lucide-react'
import { leastPrivilegeQuery } from '#lib/client/findings.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FindingExport } from './finding-export.tsx'
import { FindingFilters } from './finding-filters.tsx'
import { FindingPanel } from './finding-panel.tsx'
import { NarrowGrantItem, UnusedGrantItem } from './grant-items.tsx'
import { UnruledEndpointItem, WideRuleItem } from './rule-items.tsx'
import { useFindingParams } from './use-finding-params.ts'

const WINDOWS = [
  { days: 7, label: '7 days' },
  { days: 14, label: '14 days' },
  { days: 30, label: '30 days' },
]
const OFFERED = WINDOWS.map(({ days }) => days)
const USUAL_DAYS = 30

/** Rights nobody needed, and endpoints that ask for less than their callers bring. */
export function LeastPrivilegePage() {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const params = useFindingParams(OFFERED, USUAL_DAYS)
  const { days, service } = params
  const { data, error, refetch } = useQuery(leastPrivilegeQuery(environment, { days, service }))
  const shared = { problem: error, onRetry: () => void refetch() }
  return (
    <div className="space-y-4">
      <FindingFilters params={params} windowLabel="Window in which a grant is needed" windows={WINDOWS} />
      <FindingPanel
        {...shared}
        id="unused-grants"
        title="Unused grants"
        description="Scopes that no request needed; those watched for the whole window first"
        actions={<FindingExport label="unused grants" query={{ kind: 'unused-grants', days, service }} />}
        list={data?.unusedGrants}
        itemId={({ grantId }) => grantId}
        empty={
          <EmptyState icon={KeyRound} title="Every grant was needed">
            Grants that are younger than a day, or whose endpoints are off, are not judged.
          </EmptyState>
        }
      >
        {(grant) => <UnusedGrantItem grant={grant} days={days} />}
      </FindingPanel>
      <FindingPanel
        {...shared}
        id="narrow-grants"
        title="Scopes used at one endpoint only"
        description="The scope opens several endpoints, and its holder needed one: a scope of its own would do"
        actions={<FindingExport label="scopes used at one endpoint" query={{ kind: 'narrow-grants', days, service }} />}
        list={data?.narrowGrants}
        itemId={({ grantId }) => grantId}
        empty={
          <EmptyState icon={SplitSquareHorizontal} title="No scope is wider than its use">
            Holders of a scope that opens several endpoints called more than one of them.
          </EmptyState>
        }
      >
        {(grant) => <NarrowGrantItem grant={grant} />}
      </FindingPanel>
      <FindingPanel
        {...shared}
        id="unruled-endpoints"
        title="Endpoints without a rule"
        description="Nobody has said what they require; those with most requests in 7 days first"
        actions={<FindingExport label="endpoints without a rule" query={{ kind: 'unruled-endpoints', service }} />}
        list={data?.unruledEndpoints}
        itemId={({ endpointId }) => endpointId}
        empty={
          <EmptyState icon={FileCheck} title="Every endpoint has a rule">
            Endpoints that services report anew appear here until somebody says what they require.
          </EmptyState>
        }
      >
        {(endpoint) => <UnruledEndpointItem endpoint={endpoint} />}
      </FindingPanel>
      <FindingPanel
        {...shared}
        id="wide-rules"
        title="Rules that ask too little"
        description="Every caller of the last 7 days brought more than the rule asks for"
        actions={<FindingExport label="rules that ask too little" query={{ kind: 'wide-rules', service }} />}
        list={data?.wideRules}
        itemId={({ endpointId }) => endpointId}
        empty={
          <EmptyState
            icon={ShieldCheck}
            title="No rule can be tightened for free"
            action={<ButtonLink href={toPath('/endpoints?mode=off')}>Endpoints that are off</ButtonLink>}
          >
            What callers bring is known where requests are evaluated: in log-only and in enforce.
          </EmptyState>
        }
      >
        {(wide) => <WideRuleItem wide={wide} />}
      </FindingPanel>
    </div>
  )
}
