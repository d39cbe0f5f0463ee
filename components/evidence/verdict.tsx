import { CircleAlert, CircleCheck, CircleDashed, CircleX, Info } from 'lucide-react'
import type { EndpointEvidence, ReadinessCause } from '#lib/client/object-types.ts'
import { READINESS_WORDS, toPlural } from '../ui/words.ts'
import { toForecastSentence, toWindowWords } from './evidence-words.ts'

const LOOKS = {
  ready: { icon: CircleCheck, box: 'border-enforce-fill/40 bg-enforce-tint', text: 'text-enforce' },
  'not-ready': { icon: CircleX, box: 'border-denied-fill/40 bg-denied-tint', text: 'text-denied' },
  'not-enough-evidence': { icon: CircleDashed, box: 'border-dashed border-line-strong bg-sunken', text: 'text-text' },
} as const

function Cause({ cause }: { readonly cause: ReadinessCause }) {
  const Icon = cause.blocking ? CircleAlert : Info
  return (
    <li className="flex gap-2">
      <Icon aria-hidden className={`mt-0.5 size-3.5 shrink-0 ${cause.blocking ? 'text-text' : 'text-faint'}`} />
      <span className={cause.blocking ? '' : 'text-muted'}>
        {cause.title}
        <span className="sr-only">{cause.blocking ? ' (keeps it from being ready)' : ' (worth knowing)'}</span>
      </span>
    </li>
  )
}

/** Ready, not ready or not enough evidence, with the figures and every cause. */
export function Verdict({ evidence }: { readonly evidence: EndpointEvidence }) {
  const { icon: Icon, box, text } = LOOKS[evidence.readiness]
  return (
    <div role="group" aria-label="Readiness" className={`flex flex-col gap-2 rounded-lg border p-3 ${box}`}>
      <div className="flex flex-wrap items-center gap-x-2">
        <Icon aria-hidden className={`size-4 shrink-0 ${text}`} />
        <h3 className={`font-medium ${text}`}>{READINESS_WORDS[evidence.readiness]}</h3>
        <span className="text-muted">
          {toPlural(evidence.requests, 'request')} in the last {toWindowWords(evidence.windowHours)}
          {evidence.replayedRequests > 0 &&
            `, ${toPlural(evidence.replayedRequests, 'of them', 'of them')} replayed from a recording`}
        </span>
      </div>
      <p className="tabular-nums">{toForecastSentence(evidence)}</p>
      {evidence.causes.length > 0 && (
        <ul className="flex flex-col gap-1">
          {evidence.causes.map((cause) => (
            <Cause key={cause.title} cause={cause} />
          ))}
        </ul>
      )}
    </div>
  )
}
