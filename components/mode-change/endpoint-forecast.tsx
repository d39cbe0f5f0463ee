import type { ReactNode } from 'react'
import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { DeniedCallerList } from '../evidence/caller-list.tsx'
import { CoverageStrip } from '../evidence/coverage-strip.tsx'
import { CallersNotSeen, InstancesBehind, SharedCredentials } from '../evidence/evidence-notes.tsx'
import { TokenAgeHistogram } from '../evidence/token-age-histogram.tsx'
import { Verdict } from '../evidence/verdict.tsx'
import { findRequirement } from '../rules/rule-summary.ts'
import type { Rule } from '#lib/client/object-types.ts'
import { toPlural } from '../ui/words.ts'

type Item = ModeChangePreview['items'][number]

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="font-medium">{title}</h3>
    {children}
  </section>
)

function DeniedSections({ item }: { readonly item: Item }) {
  const { deniedCallers, evidence, endpointId, to } = item
  const denied = new Set(deniedCallers.map(({ caller }) => caller.key))
  const later = evidence.callers.filter(({ caller, wouldDeny }) => wouldDeny > 0 && !denied.has(caller.key))
  return (
    <>
      {deniedCallers.length > 0 && (
        <Section title={`${toPlural(deniedCallers.length, 'caller')} would be denied by this change`}>
          <DeniedCallerList
            label="Callers that would be denied by this change"
            callers={deniedCallers}
            endpointId={endpointId}
          />
        </Section>
      )}
      {later.length > 0 && (
        <Section
          title={
            to.mode === 'enforce'
              ? `${toPlural(later.length, 'caller')} would be denied at a higher percent`
              : `${toPlural(later.length, 'caller')} would be denied if it were enforced`
          }
        >
          <DeniedCallerList label="Callers that would be denied later" callers={later} endpointId={endpointId} />
        </Section>
      )}
    </>
  )
}

/** Everything that is known about a change of one endpoint. */
export function EndpointForecast({ item, rule }: { readonly item: Item; readonly rule: Rule | null }) {
  const { evidence } = item
  return (
    <div className="flex flex-col gap-5">
      <Verdict evidence={evidence} />
      <DeniedSections item={item} />
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
              limitSeconds={findRequirement(rule, 'max-token-age')?.seconds ?? null}
            />
          </Section>
        </div>
      )}
    </div>
  )
}
