'use client'
import type { ReactNode } from 'react'
import type { EvidenceReading } from '#lib/client/evidence.ts'
import type { Endpoint, EndpointEvidence } from '#lib/client/object-types.ts'
import { findRequirement } from '../rules/rule-summary.ts'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toPlural } from '../ui/words.ts'
import { DeniedCallerList } from './caller-list.tsx'
import { CoverageStrip } from './coverage-strip.tsx'
import { CallersNotSeen, InstancesBehind, SharedCredentials } from './evidence-notes.tsx'
import { TokenAgeHistogram } from './token-age-histogram.tsx'
import { Verdict } from './verdict.tsx'
import { WindowPicker } from './window-picker.tsx'

interface EvidencePanelProps {
  readonly endpoint: Endpoint
  readonly reading: EvidenceReading
  readonly windowHours: number
  readonly onWindow: (hours: number) => void
}

export const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex min-w-0 flex-col gap-2">
    <h3 className="font-medium">{title}</h3>
    {children}
  </section>
)

function EvidenceBody({ evidence, endpoint }: { readonly evidence: EndpointEvidence; readonly endpoint: Endpoint }) {
  const denied = evidence.callers.filter(({ wouldDeny }) => wouldDeny > 0)
  return (
    <div className="flex flex-col gap-5">
      <Verdict evidence={evidence} />
      {denied.length > 0 && (
        <Section
          title={
            endpoint.mode === 'enforce' && endpoint.percent === 100
              ? `${toPlural(denied.length, 'caller')} denied by the present rule`
              : `${toPlural(denied.length, 'caller')} would be denied if all callers were enforced`
          }
        >
          <DeniedCallerList label="Callers that would be denied" callers={denied} endpointId={endpoint.id} />
        </Section>
      )}
      <div className="flex flex-col gap-2 empty:hidden">
        <CallersNotSeen callers={evidence.callersNotSeen} />
        <SharedCredentials shared={evidence.sharedCredentials} />
        <InstancesBehind instances={evidence.instances} />
      </div>
      {evidence.requests > 0 && (
        <div className="grid gap-5 sm:grid-cols-2">
          <Section title="Hours and weekdays covered">
            <CoverageStrip evidence={evidence} />
          </Section>
          <Section title="Age of tokens at use">
            <TokenAgeHistogram
              ages={evidence.tokenAges}
              limitSeconds={findRequirement(endpoint.rule, 'max-token-age')?.seconds ?? null}
            />
          </Section>
        </div>
      )}
    </div>
  )
}

/** What is known of enforcing the present rule for everybody. */
export function EvidencePanel({ endpoint, reading, windowHours, onWindow }: EvidencePanelProps) {
  const { data, error, refetch } = reading
  return (
    <Panel
      id="evidence"
      title="Evidence"
      description="What the present rule would do to the recorded requests"
      actions={<WindowPicker hours={windowHours} onChange={onWindow} />}
    >
      {data !== undefined ? (
        <EvidenceBody evidence={data} endpoint={endpoint} />
      ) : error === null ? (
        <SkeletonLines lines={8} />
      ) : (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  )
}
