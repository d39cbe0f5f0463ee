import type { Caller } from './caller.ts'
import type { Requirement } from '../policy/rule.ts'
import { countOf, formatCount as format } from './count-of.ts'
import { upperBound } from './upper-bound.ts'
import { nameSome } from './name-some.ts'
import type { Remedied } from './find-remedied.ts'

export type Readiness = 'ready' | 'not-ready' | 'not-enough-evidence'

export type CauseKind =
  | 'callers-denied'
  | 'no-rule'
  | 'no-requests'
  | 'few-requests'
  | 'window-short'
  | 'hours-not-covered'
  | 'weekdays-not-covered'
  | 'callers-not-seen'
  | 'not-evaluated'
  | 'instances-behind'
  | 'no-instances'
  | 'decisions-dropped'
  | 'shared-credential'
  | 'remedied'

export interface Cause {
  readonly kind: CauseKind
  readonly title: string
  /** Keeps the endpoint from being ready. */
  readonly blocking: boolean
}

export interface DoubtfulCaller {
  readonly caller: Caller
  readonly requests: number
}

/** What is known about one endpoint when readiness is asked for. */
export interface Evidence {
  readonly hasRule: boolean
  readonly requests: number
  readonly unevaluatedRequests: number
  readonly wouldDeny: number
  readonly undetermined: number
  /** Requirements that leave requests undetermined. */
  readonly openKinds: readonly Requirement['kind'][]
  readonly deniedCallers: readonly Caller[]
  /** Since when every request was looked at; null where none of the window was. */
  readonly observedFrom: Date | null
  readonly now: Date
  /** What they sent in the weeks before, and not in the window, would be denied, or nothing tells. */
  readonly callersReturning: readonly Caller[]
  /** Called in the weeks before, not in the window; what they sent would be allowed. */
  readonly callersAllowedBefore: readonly Caller[]
  /** None of their tokens was too old, but they may be, and there are few requests. */
  readonly callersDoubtful: readonly DoubtfulCaller[]
  /** Denied before they were granted the scopes they lacked, and not since. */
  readonly callersRemedied: readonly Remedied[]
  /** Hold every required scope and never called. */
  readonly holdersNotSeen: readonly Caller[]
  readonly liveInstances: number
  readonly instancesBehind: number
  readonly dropped: number
  readonly sharedCredentials: readonly string[]
}

/** A denial rate above this is what the evidence must exclude, at 95 % confidence, before an endpoint can be ready. */
export const DENIAL_RATE_MAX = 0.01
/** Shorter observation misses hours of the day, or days of the week. */
export const OBSERVATION_HOURS_MIN = 168

/** How long a caller is remembered: the longest month, and the longest time between two first Mondays. */
export const MEMORY_DAYS = 35
const MEMORY_WORDS = 'last five weeks'

const HOUR_MS = 3_600_000

const OPEN_WORDS: Readonly<Record<Requirement['kind'], string>> = {
  scopes: 'scopes',
  'max-token-age': 'token age near the limit',
  'sender-constraint': 'sender',
  network: 'address',
  'autonomous-system': 'autonomous system',
  country: 'country',
  'known-device': 'device',
  rate: 'rate of requests',
  signals: 'signals',
  condition: 'condition',
}

/**
 * Ready only where nothing would have been denied *and* enough is known; a single blocking cause is enough to say that it
 * is not. Denials outweigh everything: they are a fact, the rest is the lack of one.
 */
export function judgeReadiness(evidence: Evidence): {
  readonly readiness: Readiness
  readonly causes: readonly Cause[]
} {
  const causes = [...denials(evidence), ...gaps(evidence), ...warnings(evidence)]
  if (evidence.wouldDeny > 0) return { readiness: 'not-ready', causes }
  return {
    readiness: causes.some(({ blocking }) => blocking) ? 'not-enough-evidence' : 'ready',
    causes,
  }
}

function denials({ wouldDeny, requests, deniedCallers }: Evidence): Cause[] {
  if (wouldDeny === 0) return []
  const who = deniedCallers
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ')
  const more = deniedCallers.length > 3 ? ` and ${deniedCallers.length - 3} more` : ''
  return [
    blocking(
      'callers-denied',
      `${who}${more} would be denied: ${format(wouldDeny)} of ${countOf(requests, 'request')}.`,
    ),
  ]
}

function gaps(evidence: Evidence): Cause[] {
  return [
    ...(evidence.hasRule
      ? []
      : [
          blocking(
            'no-rule',
            'Nobody has said what this endpoint requires: enforced, it would ask for any valid token.',
          ),
        ]),
    ...requestGaps(evidence),
    ...coverageGaps(evidence),
    ...callerGaps(evidence),
    ...remedies(evidence),
    ...instanceGaps(evidence),
  ]
}

function requestGaps({ requests, unevaluatedRequests, undetermined, openKinds, wouldDeny }: Evidence): Cause[] {
  if (requests === 0 && unevaluatedRequests > 0) {
    return [
      blocking(
        'not-evaluated',
        `The mode is off: ${countOf(unevaluatedRequests, 'request')} counted, and nothing else known. Go to log-only to learn who they are.`,
      ),
    ]
  }
  if (requests === 0) return [blocking('no-requests', 'No request was seen in this window.')]
  const bound = upperBound(requests) ?? 1
  const causes: Cause[] = []
  if (wouldDeny === 0 && bound > DENIAL_RATE_MAX) {
    causes.push(
      blocking(
        'few-requests',
        `0 of ${countOf(requests, 'request')} would be denied, which still allows ${percent(bound)} at 95 % confidence.`,
      ),
    )
  }
  if (undetermined > 0) {
    causes.push(
      blocking(
        'not-evaluated',
        `For ${countOf(undetermined, 'request')} the record does not tell whether this rule allows them: ${openKinds.map((kind) => OPEN_WORDS[kind]).join(', ')}.`,
      ),
    )
  }
  return causes
}

function callerGaps({ callersReturning, callersDoubtful }: Evidence): Cause[] {
  const [doubtful] = callersDoubtful
  return [
    ...(callersReturning.length === 0
      ? []
      : [
          blocking(
            'callers-not-seen',
            `What ${names(callersReturning)} sent in the ${MEMORY_WORDS}, and not in this window, would not be allowed for certain.`,
          ),
        ]),
    ...(doubtful === undefined
      ? []
      : [
          blocking(
            'few-requests',
            `Tokens of ${names(callersDoubtful.map(({ caller }) => caller))} may be older than the rule allows: ${countOf(doubtful.requests, 'request')} of ${doubtful.caller.name} still allow ${percent(upperBound(doubtful.requests) ?? 1)} at 95 % confidence.`,
          ),
        ]),
  ]
}

/** What callers send with a new scope is watched for as long as an endpoint is, as another program of theirs may come without. */
const remedies = ({ callersRemedied, now }: Evidence): Cause[] =>
  callersRemedied.map(({ caller, scopes, requests, since, allowedSince }) => {
    const hours = (now.getTime() - since.getTime()) / HOUR_MS
    return {
      kind: 'remedied',
      title: `${caller.name} was granted ${scopes.join(' ')} ${describeHours(hours)} ago: ${countOf(allowedSince, 'request')} allowed since, none denied, after ${format(requests)} denied before.`,
      blocking: hours < OBSERVATION_HOURS_MIN,
    }
  })

function coverageGaps({ observedFrom, now }: Evidence): Cause[] {
  if (observedFrom === null) return []
  const hours = (now.getTime() - observedFrom.getTime()) / HOUR_MS
  if (hours >= OBSERVATION_HOURS_MIN) return []
  if (hours < 24)
    return [blocking('hours-not-covered', `Observed for ${describeHours(hours)}: not every hour of the day was seen.`)]
  return [blocking('weekdays-not-covered', `Observed for ${describeHours(hours)}: not every day of the week was seen.`)]
}

function instanceGaps({ liveInstances, instancesBehind, dropped }: Evidence): Cause[] {
  const causes: Cause[] = []
  if (liveInstances === 0) causes.push(blocking('no-instances', 'No instance of the service is running.'))
  if (instancesBehind > 0)
    causes.push(
      blocking(
        'instances-behind',
        `${format(instancesBehind)} of ${format(liveInstances)} instances do not run the published configuration.`,
      ),
    )
  if (dropped > 0)
    causes.push(
      blocking('decisions-dropped', `Instances had to drop ${format(dropped)} decisions: they are missing here.`),
    )
  return causes
}

function warnings({ callersAllowedBefore, holdersNotSeen, sharedCredentials }: Evidence): Cause[] {
  const causes: Cause[] = []
  if (callersAllowedBefore.length > 0) {
    causes.push({
      kind: 'callers-not-seen',
      title: `${names(callersAllowedBefore)} called in the ${MEMORY_WORDS}, not in this window; it would be allowed.`,
      blocking: false,
    })
  }
  if (holdersNotSeen.length > 0) {
    causes.push({
      kind: 'callers-not-seen',
      title: `${names(holdersNotSeen)} may call, but never did.`,
      blocking: false,
    })
  }
  if (sharedCredentials.length > 0) {
    causes.push({
      kind: 'shared-credential',
      title: `More than one program uses the credential of ${sharedCredentials.join(', ')}.`,
      blocking: false,
    })
  }
  return causes
}

const blocking = (kind: CauseKind, title: string): Cause => ({
  kind,
  title,
  blocking: true,
})
const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`
const names = (callers: readonly Caller[]): string =>
  nameSome(
    callers.map(({ name }) => name),
    3,
  )
const describeHours = (hours: number): string =>
  hours < 1 ? 'less than an hour' : hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`
