import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { toCount, toShortCount } from '../ui/words.ts'
import { PERCENT_STEPS } from './change-direction.ts'
import { toPercentEffect, toPercentSentence } from './percent-effect.ts'

interface PercentEffectsProps {
  readonly items: ModeChangePreview['items']
  readonly percent: number
}

/** Who is in and what is refused at this percent, and at each usual one; at once, while the percent is moved. */
export function PercentEffects({ items, percent }: PercentEffectsProps) {
  const steps = [...new Set([...PERCENT_STEPS, percent])].sort((left, right) => left - right)
  const effects = steps.map((step) => ({ step, ...toPercentEffect(items, step) }))
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p aria-live="polite" className="tabular-nums">
        {toPercentSentence(toPercentEffect(items, percent), percent)}
      </p>
      <div className="overflow-x-auto rounded-lg border border-line">
        <table className="w-full text-right text-xs tabular-nums">
          <caption className="sr-only">
            Identities that are in at each percent, and recorded requests it would refuse
          </caption>
          <tbody>
            <tr className="border-b border-line text-muted">
              <th scope="row" className="px-1 py-1 sm:px-2 text-left font-normal">
                Percent
              </th>
              {steps.map((step) => (
                <th
                  key={step}
                  scope="col"
                  aria-current={step === percent || undefined}
                  className={cellClass(step === percent)}
                >
                  {step}&nbsp;%
                </th>
              ))}
            </tr>
            <Row
              label="Identities in"
              percent={percent}
              values={effects.map(({ step, inside }) => ({ step, count: inside.length }))}
            />
            <Row
              label="Refused"
              percent={percent}
              values={effects.map(({ step, refused }) => ({ step, count: refused }))}
            />
          </tbody>
        </table>
      </div>
    </div>
  )
}

const cellClass = (isChosen: boolean): string =>
  `px-1 py-1 sm:px-2 font-normal ${isChosen ? 'bg-selected font-medium text-text' : ''}`

interface RowProps {
  readonly label: string
  readonly percent: number
  readonly values: readonly { readonly step: number; readonly count: number }[]
}

const Row = ({ label, percent, values }: RowProps) => (
  <tr>
    <th scope="row" className="px-1 py-1 sm:px-2 text-left font-normal whitespace-nowrap text-muted">
      {label}
    </th>
    {values.map(({ step, count }) => (
      <td key={step} className={cellClass(step === percent)}>
        <span title={toCount(count)}>{toShortCount(count)}</span>
      </td>
    ))}
  </tr>
)
