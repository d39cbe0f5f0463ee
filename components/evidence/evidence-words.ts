import { toCount, toPlural, toShare } from '../ui/words.ts'
import type { EndpointEvidence } from '#lib/client/object-types.ts'

/** Rounded up, so that the sentence never promises more than the evidence does. */
export function toBoundWords(share: number): string {
  const percent = Math.min(100, Math.ceil(share * 10_000) / 100)
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(percent)} %`
}

export function toWindowWords(hours: number): string {
  if (hours % 24 === 0 && hours >= 48) return `${String(hours / 24)} days`
  return hours === 1 ? 'hour' : `${String(hours)} hours`
}

type Forecast = Pick<EndpointEvidence, 'requests' | 'wouldDeny' | 'upperBound' | 'undetermined' | 'unevaluatedRequests'>

function toUnknownWords(evidence: Forecast): string {
  if (evidence.unevaluatedRequests === 0) return 'No request was recorded: nothing is known of who would be denied.'
  return `${toPlural(evidence.unevaluatedRequests, 'request')} came while the mode was off and ${evidence.unevaluatedRequests === 1 ? 'was' : 'were'} only counted: nothing is known of who would be denied.`
}

/** What the recorded requests say, with the bound that an absence of denials still leaves. */
export const toForecastSentence = (evidence: Forecast): string => unbroken(toForecastWords(evidence))

/** A number and its percent sign stay on one line. */
const unbroken = (sentence: string): string => sentence.replaceAll(' %', '\u00a0%')

function toForecastWords(evidence: Forecast): string {
  if (evidence.requests === 0) return toUnknownWords(evidence)
  const counted = `${toCount(evidence.wouldDeny)} of ${toPlural(evidence.requests, 'request')} would be denied`
  const open =
    evidence.undetermined > 0 ? ` (${toCount(evidence.undetermined)} more cannot be told from what was recorded)` : ''
  if (evidence.wouldDeny > 0) return `${counted}${open}, ${toShare(evidence.wouldDeny, evidence.requests)}.`
  if (evidence.upperBound === null) return `${counted}${open}.`
  return `${counted}${open}; at most ${toBoundWords(evidence.upperBound)} at 95 % confidence.`
}

/** `[3, 4, 5, 9]` as `03–06, 09–10`: hours that had no traffic, as spans of the day. */
export function toHourSpans(hours: readonly number[]): string {
  const spans: [number, number][] = []
  for (const hour of [...hours].sort((left, right) => left - right)) {
    const last = spans.at(-1)
    if (last?.[1] === hour) last[1] = hour + 1
    else spans.push([hour, hour + 1])
  }
  return spans.map(([from, to]) => `${String(from).padStart(2, '0')}–${String(to).padStart(2, '0')}`).join(', ')
}

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

const missingFrom = (all: readonly number[], seen: readonly number[]): number[] =>
  all.filter((value) => !seen.includes(value))

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const ISO_WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

/** Which hours and weekdays the evidence says nothing about. */
export function toCoverageSentence(evidence: Pick<EndpointEvidence, 'hoursCovered' | 'weekdaysCovered'>): string {
  if (evidence.hoursCovered.length === 0) return 'No hour of the day has been seen.'
  const hours = missingFrom(HOURS, evidence.hoursCovered)
  const days = missingFrom(ISO_WEEKDAYS, evidence.weekdaysCovered).map((day) => WEEKDAYS[day - 1])
  if (hours.length === 0 && days.length === 0) return 'Every hour of the day and every weekday has been seen.'
  const missing = [
    ...(hours.length > 0 ? [`${toHourSpans(hours)} h UTC`] : []),
    ...(days.length > 0 ? [days.join(', ')] : []),
  ]
  return `Not seen: ${missing.join('; ')}.`
}
