import type { Requirement, Rule } from '#lib/policy/rule.ts'
import type { CallerKind, SenderConstraint, TokenProblem } from '#lib/policy/vocabulary.ts'
import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { DAY_MS, WEEK_MS, type Rhythm } from './rhythms.ts'

/** One way in which a caller calls one endpoint. A caller with two jobs there is one caller in the record. */
export interface Job {
  readonly endpoint: FleetEndpoint
  readonly kind: CallerKind
  /** `client_id`; the name of the issuer for people; the program for anonymous callers. */
  readonly caller: string
  readonly rhythm: Rhythm
  readonly scopes: readonly string[]
  /** From a time on its tokens carry other scopes: somebody repaired it. */
  readonly repaired: { readonly atMs: number; readonly scopes: readonly string[] } | null
  readonly problem: TokenProblem | null
  readonly sender: SenderConstraint
  readonly address: string
  readonly lifetimeSeconds: number
  /** How many hold tokens of their own: people, or instances of the program. */
  readonly holders: number
  readonly fromMs: number
  readonly toMs: number
}

/** An endpoint with what it requires now, what a draft of it requires, and since when it is looked at. */
export interface FleetEndpoint {
  readonly id: string
  readonly service: FleetService
  readonly method: 'GET' | 'POST'
  readonly route: string
  readonly rule: Rule
  readonly draft: Rule
  /** Of callers, where the draft is enforced. */
  readonly percent: number
  /** Spans in which the mode is log-only; otherwise it is off. */
  readonly watched: readonly { readonly fromMs: number; readonly toMs: number }[]
}

export interface FleetService {
  readonly id: string
  readonly slug: string
  readonly instances: readonly FleetInstance[]
}

/** When an instance closes its windows: every so many seconds, from a moment of its own. */
export interface FleetInstance {
  readonly intervalSeconds: number
  readonly phaseMs: number
  readonly queueSizeMax: number
}

export interface Fleet {
  readonly seed: number
  readonly startMs: number
  readonly endMs: number
  readonly endpoints: readonly FleetEndpoint[]
  readonly jobs: readonly Job[]
  /** Windows end with minutes, so that counts of minutes are exact. */
  readonly isAligned: boolean
  /** Moments at which somebody asks, on whole hours. */
  readonly asksMs: readonly number[]
}

export const PEOPLE_ISSUER = 'customers'
const HISTORY_WEEKS = 6
const ASKS = 4
const NETWORK: Requirement = { kind: 'network', cidrs: ['10.0.0.0/8'] }
const INSIDE = ['10.1.0.4', '10.2.7.9', '10.9.9.9']
const OUTSIDE = '203.0.113.7'
const LIMITS_SECONDS = [120, 300, 600, 900, 3_600]
const LIFETIMES_SECONDS = [120, 300, 300, 600, 900, 900]

/** Chance of one fleet, and what is shared by its parts. */
class Maker {
  readonly random: SeededRandom
  readonly startMs: number
  readonly endMs: number
  #names = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed * 7_919 + 11)
    this.startMs = Date.UTC(2026, this.random.below(12), 1 + this.random.below(28))
    this.endMs = this.startMs + (HISTORY_WEEKS + 2) * WEEK_MS
  }

  chance = (probability: number): boolean => this.random.next() < probability
  between = (least: number, most: number): number => least + this.random.below(most - least + 1)
  name = (stem: string): string => `${stem}-${(++this.#names).toString(36)}`
}

export function makeFleet(seed: number): Fleet {
  const maker = new Maker(seed)
  const isAligned = seed % 2 === 0
  const services = Array.from({ length: maker.between(1, 2) }, () => makeService(maker, isAligned))
  const endpoints = services.flatMap((service) =>
    Array.from({ length: maker.between(2, 3) }, () => makeEndpoint(maker, service)),
  )
  const askFromMs = maker.startMs + HISTORY_WEEKS * WEEK_MS
  return {
    ...{ seed, startMs: maker.startMs, endMs: maker.endMs, endpoints, isAligned },
    jobs: endpoints.flatMap((endpoint) => makeJobs(maker, endpoint)),
    asksMs: Array.from({ length: ASKS }, () => askFromMs + maker.random.below(7 * 24) * 3_600_000).toSorted(
      (a, b) => a - b,
    ),
  }
}

function makeService(maker: Maker, isAligned: boolean): FleetService {
  const slug = maker.name('service')
  const instances = Array.from({ length: maker.between(1, 3) }, () => ({
    intervalSeconds: maker.random.pick([5, 10, 30, 60]),
    phaseMs: isAligned ? 0 : maker.random.below(60_000),
    queueSizeMax: maker.chance(0.03) ? 2 : 10_000,
  }))
  return { id: slug, slug, instances }
}

function makeEndpoint(maker: Maker, service: FleetService): FleetEndpoint {
  const name = maker.name('things')
  const rule = makeRule(maker, name)
  return {
    ...{ id: name, service, method: maker.random.pick(['GET', 'POST'] as const), route: `/${name}/:id`, rule },
    draft: maker.chance(0.6) ? rule : makeRule(maker, name),
    percent: maker.random.pick([10, 25, 50, 100, 100]),
    watched: makeWatched(maker),
  }
}

function makeRule({ chance, random }: Maker, name: string): Rule {
  if (chance(0.05)) return { access: 'public', requirements: [] }
  const requirements: Requirement[] = [
    ...(chance(0.85) ? [{ kind: 'scopes', allOf: [`${name}:read`] } as const] : []),
    ...(chance(0.35) ? [{ kind: 'max-token-age', seconds: random.pick([...LIMITS_SECONDS, 450]) } as const] : []),
    ...(chance(0.1) ? [{ kind: 'sender-constraint', anyOf: ['dpop'] } as const] : []),
    ...(chance(0.15) ? [NETWORK] : []),
  ]
  return { access: 'token', requirements }
}

/** Most are looked at throughout; some since lately, and some with a break. */
function makeWatched({ chance, random, startMs, endMs }: Maker): FleetEndpoint['watched'] {
  if (chance(0.65)) return [{ fromMs: startMs, toMs: endMs }]
  const sinceMs = startMs + random.next() * (HISTORY_WEEKS + 0.5) * WEEK_MS
  if (chance(0.5)) return [{ fromMs: sinceMs, toMs: endMs }]
  const breakMs = startMs + (HISTORY_WEEKS - 1 + random.next()) * WEEK_MS
  const breakEndMs = breakMs + (1 + random.below(6)) * DAY_MS
  return [
    { fromMs: startMs, toMs: breakMs },
    { fromMs: breakEndMs, toMs: endMs },
  ]
}

function makeJobs(maker: Maker, endpoint: FleetEndpoint): Job[] {
  const regulars = Array.from({ length: maker.between(1, 3) }, () => goodJob(maker, endpoint, steadyRhythm(maker)))
  const others = Array.from({ length: maker.between(0, 3) }, () => goodJob(maker, endpoint, someRhythm(maker)))
  const people = maker.chance(0.3) ? [peopleJob(maker, endpoint)] : []
  const troubles = maker.chance(0.55)
    ? Array.from({ length: maker.between(1, 2) }, () => troubleJob(maker, endpoint, regulars))
    : []
  return [...regulars, ...others, ...people, ...troubles]
}

const scopesFor = ({ rule, draft }: FleetEndpoint): string[] => [
  ...new Set(
    [rule, draft].flatMap(({ requirements }) =>
      requirements.flatMap((requirement) => (requirement.kind === 'scopes' ? requirement.allOf : [])),
    ),
  ),
]

const asks = ({ rule, draft }: FleetEndpoint, kind: Requirement['kind']): boolean =>
  [rule, draft].some(({ requirements }) => requirements.some((requirement) => requirement.kind === kind))

/** The shortest limit that the endpoint or its draft puts on ages. */
const limitOf = ({ rule, draft }: FleetEndpoint): number =>
  Math.min(
    ...[rule, draft].flatMap(({ requirements }) =>
      requirements.flatMap((requirement) => (requirement.kind === 'max-token-age' ? [requirement.seconds] : [])),
    ),
  )

function goodJob(maker: Maker, endpoint: FleetEndpoint, rhythm: Rhythm): Job {
  const { chance, random, startMs, endMs, name } = maker
  const lifetimes = LIFETIMES_SECONDS.filter((seconds) => seconds <= limitOf(endpoint))
  const stopsEarly = chance(0.06)
  const startsLate = chance(0.06)
  return {
    ...{ endpoint, kind: random.pick(['service', 'integration'] as const), caller: name('caller'), rhythm },
    ...{ scopes: [...scopesFor(endpoint), 'other:read'].toSorted(), repaired: null, problem: null },
    sender: asks(endpoint, 'sender-constraint') ? 'dpop' : 'none',
    address: random.pick(INSIDE),
    lifetimeSeconds: lifetimes.length === 0 ? 120 : random.pick(lifetimes),
    holders: maker.between(1, 3),
    fromMs: startsLate ? startMs + random.next() * (endMs - startMs) : startMs,
    toMs: stopsEarly ? startMs + random.next() * (endMs - startMs) : endMs,
  }
}

const peopleJob = (maker: Maker, endpoint: FleetEndpoint): Job => ({
  ...goodJob(maker, endpoint, { kind: 'steady', perDay: maker.between(60, 250), hours: 'day' }),
  ...{ kind: 'user', caller: PEOPLE_ISSUER, holders: 40, lifetimeSeconds: Math.min(3_600, limitOf(endpoint)) },
})

function steadyRhythm({ between, random }: Maker): Rhythm {
  return { kind: 'steady', perDay: between(30, 250), hours: random.pick(['always', 'day', 'office'] as const) }
}

function someRhythm({ between, random }: Maker): Rhythm {
  const [hour, requests] = [random.below(24), between(1, 30)]
  return random.pick<Rhythm>([
    { kind: 'steady', perDay: between(2, 20), hours: 'always' },
    { kind: 'daily', hour, requests },
    { kind: 'weekly', weekday: random.below(7), hour, requests },
    { kind: 'monthly', day: between(1, 31), hour, requests },
    { kind: 'every-weeks', weeks: between(2, 8), phaseDays: random.below(14), requests },
    { kind: 'now-and-then', meanDays: between(1, 20), requests: between(1, 4) },
  ])
}

/** What may be wrong with a job, where the endpoint asks for what it lacks. */
interface Trouble {
  readonly fits: (endpoint: FleetEndpoint) => boolean
  readonly of: (maker: Maker, good: Job, regulars: readonly Job[]) => Job
}

const anywhere = (): boolean => true
const withoutScopes = (good: Job): Job => ({ ...good, scopes: ['other:read'] })
const asksFor =
  (kind: Requirement['kind']) =>
  (endpoint: FleetEndpoint): boolean =>
    asks(endpoint, kind)

const TROUBLES: readonly Trouble[] = [
  { fits: asksFor('scopes'), of: (_maker, good) => withoutScopes(good) },
  // A job of a caller that is well known for another, which carries what is needed.
  {
    fits: asksFor('scopes'),
    of: (_maker, good, [regular]) => ({
      ...withoutScopes(good),
      ...{ kind: regular?.kind ?? good.kind, caller: regular?.caller ?? good.caller },
    }),
  },
  {
    fits: asksFor('scopes'),
    of: ({ random, startMs }, good) => ({
      ...withoutScopes(good),
      repaired: { atMs: startMs + random.next() * (HISTORY_WEEKS + 1) * WEEK_MS, scopes: good.scopes },
    }),
  },
  // Little longer than the limit: its oldest uses come seldom.
  {
    fits: asksFor('max-token-age'),
    of: ({ random, between }, good) => ({
      ...good,
      rhythm: random.pick<Rhythm>([good.rhythm, { kind: 'steady', perDay: between(2, 60), hours: 'always' }]),
      lifetimeSeconds: Math.round(limitOf(good.endpoint) * random.pick([1.05, 1.2, 2, 10])),
      holders: 1,
    }),
  },
  { fits: asksFor('sender-constraint'), of: (_maker, good) => ({ ...good, sender: 'none' }) },
  { fits: asksFor('network'), of: (_maker, good) => ({ ...good, address: OUTSIDE }) },
  {
    fits: anywhere,
    of: ({ random }, good) => ({
      ...good,
      ...{ kind: 'anonymous', caller: random.pick(['legacy-cron', 'curl', '']), problem: 'token-missing', scopes: [] },
    }),
  },
  {
    fits: anywhere,
    of: ({ random }, good) => ({ ...good, problem: random.pick(['token-expired', 'audience-mismatch'] as const) }),
  },
  {
    fits: asksFor('scopes'),
    of: (_maker, good) => ({ ...good, kind: 'user', caller: PEOPLE_ISSUER, holders: 20, scopes: [] }),
  },
]

function troubleJob(maker: Maker, endpoint: FleetEndpoint, regulars: readonly Job[]): Job {
  const rhythm = maker.chance(0.3) ? steadyRhythm(maker) : someRhythm(maker)
  const trouble = maker.random.pick(TROUBLES.filter(({ fits }) => fits(endpoint)))
  return trouble.of(maker, goodJob(maker, endpoint, rhythm), regulars)
}
