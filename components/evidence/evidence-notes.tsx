import { KeyRound, ServerOff, UserX } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { EndpointEvidence } from '#lib/client/object-types.ts'
import { toPlural } from '../ui/words.ts'

interface NoteProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly children: ReactNode
}

const Note = ({ icon: Icon, title, children }: NoteProps) => (
  <div className="flex gap-2 rounded-lg border border-line px-3 py-2">
    <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" strokeWidth={1.75} />
    <div className="min-w-0">
      <p className="font-medium">{title}</p>
      <div className="text-muted">{children}</div>
    </div>
  </div>
)

const NAMES_MAX = 12

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ')
  return names.length > NAMES_MAX ? `${shown} and ${String(names.length - NAMES_MAX)} more` : shown
}

export const CallersNotSeen = ({ callers }: { readonly callers: EndpointEvidence['callersNotSeen'] }) =>
  callers.length === 0 ? null : (
    <Note icon={UserX} title={`${toPlural(callers.length, 'caller')} not seen in the window`}>
      {namesOf(callers.map(({ name }) => name))}. {callers.length === 1 ? 'It holds' : 'They hold'} what is required, or
      sent before what this window does not hold: what would become of {callers.length === 1 ? 'it' : 'them'} is not
      certain.
    </Note>
  )

export const SharedCredentials = ({ shared }: { readonly shared: EndpointEvidence['sharedCredentials'] }) =>
  shared.map(({ clientId, workloads }) => (
    <Note key={clientId} icon={KeyRound} title={`${clientId} shares its credential`}>
      {workloads.join(' and ')} use it: a denial of {clientId} denies each of them, and the record cannot tell them
      apart.
    </Note>
  ))

interface InstancesBehindProps {
  readonly instances: {
    readonly live: number
    readonly confirmed: number
    readonly behind: readonly {
      readonly id: string
      readonly hostname: string
      readonly revision: number | null
      readonly state?: string
    }[]
  }
}

export function InstancesBehind({ instances }: InstancesBehindProps) {
  const { live, confirmed, behind } = instances
  if (live === 0) {
    return (
      <Note icon={ServerOff} title="No live instance">
        Nothing runs this configuration yet: a change takes effect when an instance starts.
      </Note>
    )
  }
  if (behind.length === 0) return null
  return (
    <Note
      icon={ServerOff}
      title={`${String(live - confirmed)} of ${toPlural(live, 'live instance')} behind the published configuration`}
    >
      {namesOf(
        behind.map(
          ({ hostname, revision, state }) =>
            `${hostname} (${revision === null ? 'no revision' : `revision ${String(revision)}`}${state === undefined ? '' : `, ${state}`})`,
        ),
      )}
    </Note>
  )
}
