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

type Item = ModeChangePreview['items'][number]

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="font-medium">{title}</h3>
    {children}
  </section>
)

const namesOf = (callers: readonly CallerEvidence[]): string => callers.map(({ caller }) => caller.name).join(', ')

const identities = (count: number): string => toPlural(count, 'identity', 'identities')

function toInsideWords(known: readonly CallerEvidence[], percent: number): string {
  const inside = known.filter(({ bucketPercent }) => (bucketPercent ?? 100) < percent)
  if (known.length === 0) return `No identity was seen.`
  if (inside.length > 0)
    return `Enforced for ${namesOf(inside)}: ${String(inside.length)} of the ${identities(known.length)} seen.`
  const [only] = known
  return known.length === 1 && only !== undefined
    ? `${only.caller.name}, the one identity seen, does not fall within ${String(percent)} %.`
    : `None of the ${identities(known.length)} seen falls within ${String(percent)} %.`
}

/** Who is enforced at this percent, of those seen. People are told apart one by one, so their share is only a share. */
function WhoIsIn({ item: { to, evidence } }: { readonly item: Item }) {
  if (to.mode !== 'enforce' || to.percent >= 100) return null
  const known = evidence.callers.filter(({ bucketPercent }) => bucketPercent !== null)
  const people = evidence.callers.filter(({ caller }) => caller.kind === 'user')
  return (
    <p className="text-muted">
      {toInsideWords(known, to.percent)}
      {people.length > 0 && ` Of the people of ${namesOf(people)}, about ${String(to.percent)} %, each for good.`}
    </p>
  )
}

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
      <WhoIsIn item={item} />
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
