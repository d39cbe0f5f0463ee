import type { ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import type { DeviceStanding } from '#lib/policy/vocabulary.ts'
import { KeyValues } from '@/components/ui/key-values.tsx'
import { SIGNAL_WORDS } from '@/components/ui/words.ts'

type Context = NonNullable<RouteResponse<'getSample'>['context']>

const STANDING_WORDS: Readonly<Record<DeviceStanding, string>> = {
  none: 'nothing tells it apart',
  new: 'not accepted for the caller',
  known: 'accepted for the caller',
}

const faint = (text: string): ReactNode => <span className="text-faint">{text}</span>

const list = (keys: readonly string[]): ReactNode =>
  keys.length === 0 ? (
    faint('none')
  ) : (
    <ul>
      {keys.map((key) => (
        <li key={key} className="font-mono text-xs break-all">
          {key}
        </li>
      ))}
    </ul>
  )

/** What surrounded the request, as far as the instance looked. */
export function SampleContext({ context, device }: { readonly context: Context; readonly device: string | null }) {
  const { country, autonomousSystem, device: standing, signals, observed, requirementsMet, requirementsUnmet } = context
  const absent = (thing: Context['observed'][number]): ReactNode =>
    faint(observed.includes(thing) ? 'not known' : 'not looked for')
  return (
    <section aria-labelledby="context">
      <h3 id="context" className="mb-2 font-medium">
        Context
      </h3>
      <KeyValues
        items={[
          ['Country', country ?? absent('country')],
          [
            'Autonomous system',
            autonomousSystem === null ? absent('autonomous-system') : `AS${String(autonomousSystem)}`,
          ],
          [
            'Device',
            standing === 'none' && device === null ? (
              absent('device')
            ) : (
              <span key="device">
                {device !== null && <code className="break-all">{device}</code>}{' '}
                {observed.includes('device') && faint(STANDING_WORDS[standing])}
              </span>
            ),
          ],
          [
            'Signals',
            signals.length === 0 ? faint('none was raised') : signals.map((signal) => SIGNAL_WORDS[signal]).join(', '),
          ],
          ['Met', list(requirementsMet)],
          ['Not met', list(requirementsUnmet)],
        ]}
      />
    </section>
  )
}
