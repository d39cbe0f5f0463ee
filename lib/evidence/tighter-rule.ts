import { RULE_DEFAULT, type Requirement, type Rule } from '../policy/rule.ts'
import type { SenderConstraint } from '../policy/vocabulary.ts'
import { DENIAL_RATE_MAX } from './readiness.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import { replayRule, type ReplayedSignature } from './replay-rule.ts'
import { summariseCallers } from './summarise-callers.ts'
import { addTokenAges, shortestLifetime } from './token-age-counts.ts'
import { upperBound } from './upper-bound.ts'

export interface RuleQuestion {
  readonly method: string
  readonly route: string
  /** Null where nobody has said what the endpoint requires. */
  readonly rule: Rule | null
  readonly recorded: readonly RecordedFacts[]
  /** Scopes of the endpoint's service. */
  readonly ownScopes: ReadonlySet<string>
}

/** A rule that asks for more and would have allowed whatever the present one allowed. */
export interface TighterRule {
  readonly rule: Rule
  /** What it asks for and the present one does not. */
  readonly added: readonly Requirement[]
  /** Scopes that would do as well: every recorded caller carries them too. */
  readonly otherScopes: readonly string[]
  readonly requests: number
  readonly callers: number
  /** Enough requests to say that almost none is refused. */
  readonly isConclusive: boolean
}

/** A limit is called loose from so many times the oldest token on. */
const LOOSE_AGE = 4
const READING = new Set(['GET', 'OPTIONS'])
const READING_ACTIONS = new Set(['read', 'list', 'view', 'export'])

/**
 * What every recorded caller already brings and the rule does not ask for. A scope is proposed only where the rule names none:
 * a rule that names one says what the endpoint is about, and what else callers carry is theirs by accident.
 */
export function proposeTighterRule(question: RuleQuestion): TighterRule | null {
  const present = question.rule ?? RULE_DEFAULT
  const served = replayRule(question.recorded, present).filter(isServed)
  const requests = served.reduce((sum, { allowed }) => sum + allowed, 0)
  if (requests === 0 || served.some(({ facts }) => facts.tokenProblem !== null)) return null
  const [scope, ...otherScopes] = rankScopes(question, scopesHeldByAll(question, present, served))
  const added = [
    ...(scope === undefined ? [] : [{ kind: 'scopes', allOf: [scope] } as const]),
    ...tighterAge(present, served),
    ...provenSender(present, served),
    ...knownDevice(present, served),
  ]
  if (added.length === 0 && present.access === 'token') return null
  const kinds = added.map(({ kind }) => kind)
  const rule: Rule = {
    access: 'token',
    requirements: [...present.requirements.filter(({ kind }) => !kinds.includes(kind)), ...added],
  }
  if (!served.every((replayed) => isServedAsWell(replayed, rule))) return null
  return {
    rule,
    added,
    otherScopes,
    requests,
    callers: summariseCallers(served).length,
    isConclusive: (upperBound(requests) ?? 1) <= DENIAL_RATE_MAX,
  }
}

const findKind = <Kind extends Requirement['kind']>({ requirements }: Rule, wanted: Kind) =>
  requirements.find((requirement): requirement is Extract<Requirement, { kind: Kind }> => requirement.kind === wanted)

function scopesHeldByAll(
  { ownScopes }: RuleQuestion,
  present: Rule,
  served: readonly ReplayedSignature[],
): readonly string[] {
  if (findKind(present, 'scopes') !== undefined) return []
  return [...ownScopes].filter((scope) => served.every(({ facts }) => facts.scopes.includes(scope)))
}

/** The scope that sounds like the endpoint comes first: its resource in the route, its action like the method. */
function rankScopes({ method, route }: RuleQuestion, scopes: readonly string[]): string[] {
  const segments = route.toLowerCase().split('/')
  const score = (scope: string): number => {
    const [resource = '', action = ''] = scope.split(':')
    const isAbout = segments.some((segment) => segment === resource || segment === `${resource}s`)
    return (isAbout ? 2 : 0) + (READING_ACTIONS.has(action) === READING.has(method) ? 1 : 0)
  }
  return scopes.toSorted((a, b) => score(b) - score(a) || a.localeCompare(b))
}

function tighterAge(present: Rule, served: readonly ReplayedSignature[]): Requirement[] {
  const limit = findKind(present, 'max-token-age')?.seconds
  const ages = served.map(({ facts }) => facts.tokenAges)
  if (limit === undefined || ages.some((each) => each === null)) return []
  const shortest = shortestLifetime(addTokenAges(ages.filter((each) => each !== null)))
  return shortest !== null && limit >= LOOSE_AGE * shortest ? [{ kind: 'max-token-age', seconds: shortest }] : []
}

function provenSender(present: Rule, served: readonly ReplayedSignature[]): Requirement[] {
  if (findKind(present, 'sender-constraint') !== undefined) return []
  const ways = [...new Set(served.map(({ facts }) => facts.sender))].toSorted()
  const isProof = (way: SenderConstraint): way is Exclude<SenderConstraint, 'none'> => way !== 'none'
  return ways.every(isProof) ? [{ kind: 'sender-constraint', anyOf: ways }] : []
}

const knownDevice = (present: Rule, served: readonly ReplayedSignature[]): Requirement[] =>
  findKind(present, 'known-device') === undefined && served.every(({ facts }) => facts.context?.device === 'known')
    ? [{ kind: 'known-device' }]
    : []

/** Some of its requests are allowed, or may be: the record does not tell. */
const isServed = ({ allowed, undetermined }: ReplayedSignature): boolean => allowed + undetermined > 0

/** Nothing that is allowed now, or may be, would be denied, and nothing that is known would no longer be. */
function isServedAsWell(present: ReplayedSignature, rule: Rule): boolean {
  const [replayed] = replayRule([present.facts], rule)
  return replayed !== undefined && replayed.allowed >= present.allowed && countDenied(replayed) <= countDenied(present)
}

const countDenied = ({ denials }: ReplayedSignature): number => denials.reduce((sum, { count }) => sum + count, 0)
