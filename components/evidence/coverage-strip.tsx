import type { EndpointEvidence } from '#lib/client/object-types.ts'
import { toCoverageSentence, WEEKDAYS } from './evidence-words.ts'

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

const cellClass = (covered: boolean) =>
  `block h-3 min-w-0 flex-1 rounded-[2px] ${covered ? 'bg-allowed-fill' : 'border border-dashed border-control bg-transparent'}`

/** Which hours of the day and which weekdays the evidence speaks for. */
export function CoverageStrip({
  evidence,
}: {
  readonly evidence: Pick<EndpointEvidence, 'hoursCovered' | 'weekdaysCovered'>
}) {
  return (
    <figure className="flex flex-col gap-1.5">
      <div className="flex gap-4" aria-hidden>
        <div className="flex min-w-0 flex-[24] flex-col gap-1">
          <div className="flex gap-0.5">
            {HOURS.map((hour) => (
              <span
                key={hour}
                title={`${String(hour).padStart(2, '0')}:00 UTC`}
                className={cellClass(evidence.hoursCovered.includes(hour))}
              />
            ))}
          </div>
          <div className="flex justify-between text-xs text-faint tabular-nums">
            <span>00</span>
            <span>06</span>
            <span>12</span>
            <span>18</span>
            <span>24 UTC</span>
          </div>
        </div>
        <div className="flex min-w-0 flex-[8] flex-col gap-1">
          <div className="flex gap-0.5">
            {WEEKDAYS.map((weekday, index) => (
              <span key={weekday} title={weekday} className={cellClass(evidence.weekdaysCovered.includes(index + 1))} />
            ))}
          </div>
          <div className="flex text-xs text-faint">
            {WEEKDAYS.map((weekday) => (
              <span key={weekday} className="min-w-0 flex-1 text-center">
                {weekday.charAt(0)}
              </span>
            ))}
          </div>
        </div>
      </div>
      <figcaption className="text-xs text-muted">{toCoverageSentence(evidence)}</figcaption>
    </figure>
  )
}
