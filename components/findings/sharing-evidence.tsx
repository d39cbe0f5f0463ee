'use client'
import { Minus, Plus } from 'lucide-react'
import type { SharedCredential } from '#lib/client/object-types.ts'
import { SHARING_WORDS, toProbabilityWords, toSharingStanding } from '#lib/contract/sharing-standing.ts'
import { Badge } from '../ui/badge.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toPlural } from '../ui/words.ts'
import { SHARING_TONES, toProgramSpans } from './sharing-words.ts'

type Sign = SharedCredential['signs'][number]

export function SharingBadge({ probability }: Pick<SharedCredential, 'probability'>) {
  const standing = toSharingStanding(probability)
  return (
    <Badge tone={SHARING_TONES[standing]} title="From the signs below: a judgement, not a measurement">
      {SHARING_WORDS[standing]}: {toProbabilityWords(probability)}
    </Badge>
  )
}

function SignLine({ sign: { weight, detail } }: { readonly sign: Sign }) {
  const Icon = weight < 0 ? Minus : Plus
  return (
    <li className="flex gap-2">
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-faint" />
      <span>
        <span className="sr-only">{weight < 0 ? 'Against: ' : 'For: '}</span>
        {detail}
      </span>
    </li>
  )
}

/** When each program used the credential, one line below the other. */
function ProgramSpans({ programs }: Pick<SharedCredential, 'programs'>) {
  const spans = toProgramSpans(programs)
  return (
    <ul aria-label="Programs that use it" className="flex flex-col gap-2">
      {programs.map(({ workload, addresses, firstAt, lastAt, count }, index) => (
        <li key={workload} className="min-w-0">
          <p className="flex flex-wrap gap-x-3">
            <span className="font-medium break-all">{workload}</span>
            <span className="text-muted">
              {addresses.length === 0 ? 'no address known' : addresses.join(', ')}, {toPlural(count, 'use')},{' '}
              <RelativeTime at={firstAt} /> to <RelativeTime at={lastAt} />
            </span>
          </p>
          <svg aria-hidden width="100%" height={8} className="mt-1 block rounded-sm bg-sunken">
            <rect
              x={`${String(spans[index]?.start ?? 0)}%`}
              width={`${String(spans[index]?.width ?? 0)}%`}
              height={8}
              className="fill-log-only-fill"
            />
          </svg>
        </li>
      ))}
    </ul>
  )
}

/** Who uses a credential, when, and what speaks for and against that they are two. */
export const SharingEvidence = ({ shared: { programs, signs } }: { readonly shared: SharedCredential }) => (
  <div className="grid gap-x-8 gap-y-3 lg:grid-cols-2">
    <ProgramSpans programs={programs} />
    <ul aria-label="What speaks for and against it" className="flex flex-col gap-1 text-muted">
      {signs.map((sign) => (
        <SignLine key={sign.kind} sign={sign} />
      ))}
    </ul>
  </div>
)
