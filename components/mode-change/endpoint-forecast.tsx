import type { ReactNode } from 'react'
import type { CallerEvidence, ModeChangePreview } from '#lib/client/object-types.ts'
import { DeniedCallerList } from '../evidence/caller-list.tsx'
import { CoverageStrip } from '../evidence/coverage-strip.tsx'
import { CallersNotSeen, InstancesBehind, SharedCredentials } from '../evidence/evidence-notes.tsx'
import { TokenAgeHistogram } from '../evidence/token-age-histogram.tsx'
import { Verdict } from '../evidence/verdict.tsx'
import { findRequirement } from '../rules/rule-summary.ts'
import type { Rule } from '#lib/client/object-types.ts'
import { toPlural } from '../ui/words.ts'
import { isInside } from './percent-effect.ts'

type Item = ModeChangePreview['items'][number]

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="font-medium">{title}</h3>
    {children}
  </section>
)

function DeniedSections({ item }: { readonly item: Item }) {
  const { deniedCallers, evidence, endpointId, from, to } = item
  const newly = new Set(deniedCallers.map(({ caller }) => caller.key))
  const percentNow = from.mode === 'enforce' ? from.percent : 0
  const others = evidence.callers.filter(({ caller, wouldDeny }) => wouldDeny > 0 && !newly.has(caller.key))
  const isDeniedNow = ({ caller, bucketPercent }: CallerEvidence): boolean =>
    isInside(caller.kind, bucketPercent, percentNow) === true
  const now = others.filter(isDeniedNow)
  const later = others.filter((each) => !isDeniedNow(each))
  const sections = [
    { callers: deniedCallers, words: 'would be denied by this change', label: 'by this change' },
    { callers: now, words: now.length === 1 ? 'is denied already' : 'are denied already', label: 'already' },
    {
      callers: later,
      words: to.mode === 'enforce' ? 'would be denied at a higher percent' : 'would be denied if it were enforced',
      label: 'later',
    },
  ]
  return sections
    .filter(({ callers }) => callers.length > 0)
    .map(({ callers, words, label }) => (
      <Section key={label} title={`${toPlural(callers.length, 'caller')} ${words}`}>
        <DeniedCallerList
          label={label === 'already' ? 'Callers that are denied already' : `Callers that would be denied ${label}`}
          callers={callers}
          endpointId={endpointId}
        />
      </Section>
    ))
}

/** The rule's verdict is about all callers, whatever the change is. */
const RuleVerdict = ({ item: { evidence, to } }: { readonly item: Item }) =>
  to.mode === 'enforce' && to.percent === 100 ? (
    <Verdict evidence={evidence} />
  ) : (
    <Section title="The rule, if all callers were enforced">
      <Verdict evidence={evidence} />
    </Section>
  )

/** Everything that is known about a change of one endpoint. */
export function EndpointForecast({ item, rule }: { readonly item: Item; readonly rule: Rule | null }) {
  const { evidence } = item
  return (
    <div className="flex flex-col gap-5">
      <DeniedSections item={item} />
      <RuleVerdict item={item} />
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
