'use client'
import { useQuery } from '@tanstack/react-query'
import { seriesQuery } from '#lib/client/decisions.ts'
import { modeChangeMarksQuery } from '#lib/client/mode-changes.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { DecisionChart } from '../charts/decision-chart.tsx'
import { usePickToDecisions } from '../decisions/use-pick-to-decisions.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'

/** What the endpoint decided in the last 24 hours, and the way to single decisions. */
export function EndpointDecisions({ endpoint }: { readonly endpoint: Endpoint }) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const { data, error, refetch } = useQuery(seriesQuery(environment, { endpoint: endpoint.id, by: 'outcome' }))
  const { data: changes } = useQuery(modeChangeMarksQuery(environment, { endpoint: endpoint.id }))
  const pick = usePickToDecisions('outcome', { endpoint: endpoint.id })
  return (
    <Panel
      id="decisions"
      title="Decisions"
      description="Last 24 hours, by outcome"
      actions={
        <ButtonLink size="sm" variant="ghost" href={toPath(`/decisions?endpoint=${endpoint.id}`)}>
          Samples
        </ButtonLink>
      }
    >
      {data === undefined && error !== null ? (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      ) : (
        <DecisionChart
          label={`Decisions of ${endpoint.method} ${endpoint.route}`}
          series={data}
          marks={changes?.items}
          pick={pick}
        />
      )}
    </Panel>
  )
}
