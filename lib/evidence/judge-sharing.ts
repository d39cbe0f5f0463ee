import { countOf } from './count-of.ts'

/** One program that used a credential from one address: its name is its own word, its address is not. */
export interface CredentialUse {
  readonly workload: string
  readonly address: string
  readonly firstAt: Date
  readonly lastAt: Date
  readonly count: number
}

export interface SharingQuestion {
  readonly uses: readonly CredentialUse[]
  /** How long a token lives: a program that is still there asks again within that time. */
  readonly tokenLifetimeSeconds: number
  /** Requests in which services saw one of its tokens with two programs at once. */
  readonly concurrentRequests: number
}

/** A program with all its uses of the credential. */
export interface SharingProgram {
  readonly workload: string
  readonly addresses: readonly string[]
  readonly firstAt: Date
  readonly lastAt: Date
  readonly count: number
}

export interface SharingSign {
  readonly kind: 'names' | 'addresses' | 'overlap' | 'interleaving' | 'concurrency'
  /** Log-odds it adds; below zero it speaks against sharing. */
  readonly weight: number
  /** What was seen, a sentence. */
  readonly detail: string
}

export interface SharingJudgement {
  /** That two programs use the credential side by side: between 0 and 1, never either. */
  readonly probability: number
  /** Of the two programs for which it is most likely. */
  readonly signs: readonly SharingSign[]
  readonly programs: readonly SharingProgram[]
}

/**
 * Natural log-odds. Chosen, not fitted: there is no labelled set to fit them to. The start is about 1 in 20; two names alone
 * bring it to about 2 in 5, and a day side by side to 9 in 10. A handover takes it back to the start, and names that differ as
 * those of replicas do keep it low. Who asked last while a token of it may still be in use weighs nothing: it may ask again.
 */
export const SHARING_WEIGHTS = {
  start: -3,
  namesDiffer: 2.5,
  replicaNames: -4.5,
  addressesApart: 0.75,
  addressShared: -0.25,
  handover: -2.5,
  overlapPerDoubling: 0.5,
  overlapMax: 2.5,
  interleavingPerTenfold: 0.75,
  interleavingMax: 1.5,
  concurrency: 1.5,
} as const

/** Names are what programs say: as many as anybody likes. Each two are compared, so only those with most uses are. */
const PROGRAMS_MAX = 50
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Old and new run side by side for so long while one takes over from the other. */
const ROLLOUT_MS_MAX = 6 * HOUR_MS
/** So many tokens would have been asked for by a program that is still there. */
const LIVES_MISSED = 2

/**
 * How likely it is that more than one program uses a credential: log-odds are added up for each two of them, and the two for
 * which the sum is largest decide. Symmetric in the programs; longer side by side never makes it less likely. Null for one program.
 */
export function judgeSharing(question: SharingQuestion): SharingJudgement | null {
  const programs = toPrograms(question.uses)
  const judged = toPairs(programs).map(([a, b]) => signsOf(a, b, question))
  const [likeliest] = judged.toSorted((a, b) => sumWeights(b) - sumWeights(a))
  if (likeliest === undefined) return null
  return { probability: toProbability(SHARING_WEIGHTS.start + sumWeights(likeliest)), signs: likeliest, programs }
}

const toProbability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
const sumWeights = (signs: readonly SharingSign[]): number => signs.reduce((sum, { weight }) => sum + weight, 0)

function toPrograms(uses: readonly CredentialUse[]): SharingProgram[] {
  const named = uses.filter(({ workload }) => workload !== '')
  return [...Map.groupBy(named, ({ workload }) => workload)]
    .map(([workload, own]) => ({
      workload,
      addresses: [...new Set(own.map(({ address }) => address).filter((address) => address !== ''))].toSorted(),
      firstAt: new Date(Math.min(...own.map(({ firstAt }) => firstAt.getTime()))),
      lastAt: new Date(Math.max(...own.map(({ lastAt }) => lastAt.getTime()))),
      count: own.reduce((sum, { count }) => sum + count, 0),
    }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, PROGRAMS_MAX)
    .toSorted((a, b) => (a.workload < b.workload ? -1 : 1))
}

const toPairs = (programs: readonly SharingProgram[]): [SharingProgram, SharingProgram][] =>
  programs.flatMap((a, index) => programs.slice(index + 1).map((b): [SharingProgram, SharingProgram] => [a, b]))

function signsOf(a: SharingProgram, b: SharingProgram, question: SharingQuestion): SharingSign[] {
  const overlapMs =
    Math.min(a.lastAt.getTime(), b.lastAt.getTime()) - Math.max(a.firstAt.getTime(), b.firstAt.getTime())
  return [
    nameSign(a, b),
    ...addressSigns(a, b),
    ...(overlapMs > 0 && !isHandover(a, b, overlapMs, question)
      ? sideBySide(a, b, overlapMs)
      : [oneAfterAnother(a, b, -overlapMs, question)]),
    ...(question.concurrentRequests > 0
      ? [
          sign(
            'concurrency',
            SHARING_WEIGHTS.concurrency,
            `Services saw its tokens with two programs at once in ${countOf(question.concurrentRequests, 'request')}.`,
          ),
        ]
      : []),
  ]
}

const sign = (kind: SharingSign['kind'], weight: number, detail: string): SharingSign => ({ kind, weight, detail })

function nameSign(a: SharingProgram, b: SharingProgram): SharingSign {
  return toProgramName(a.workload) === toProgramName(b.workload)
    ? sign(
        'names',
        SHARING_WEIGHTS.replicaNames,
        `${a.workload} and ${b.workload} are named like replicas of one program.`,
      )
    : sign('names', SHARING_WEIGHTS.namesDiffer, `${a.workload} and ${b.workload} are named like two programs.`)
}

/** Letters and digits of which Kubernetes makes names. */
const POD = '[bcdfghjklmnpqrstvwxz2456789]'
/** What tells replicas and versions of one program apart: numbers, ids of containers, pods of a deployment, colours of a rollout. */
const REPLICA = new RegExp(
  [
    String.raw`[-._@:/]v?\d+`,
    String.raw`\d+`,
    String.raw`[-._@:/](?=[a-z]*\d)[0-9a-f]{4,}`,
    String.raw`^(?=[a-f]*\d)[0-9a-f]{8,}`,
    `-${POD}{8,10}-${POD}{5}`,
    String.raw`-(?=[a-z]*\d)${POD}{5}`,
    '[-._](?:blue|green|canary|stable)',
  ]
    .map((ending) => `(?:${ending})$`)
    .join('|'),
)

/** Without what tells replicas apart: `orders-7f9c4d-2` is `orders`. */
const toProgramName = (workload: string): string => {
  const shorter = workload.replace(REPLICA, '')
  return shorter === workload ? workload : toProgramName(shorter)
}

function addressSigns(a: SharingProgram, b: SharingProgram): SharingSign[] {
  if (a.addresses.length === 0 || b.addresses.length === 0) return []
  const shared = a.addresses.filter((address) => b.addresses.includes(address))
  return shared.length > 0
    ? [sign('addresses', SHARING_WEIGHTS.addressShared, `Both come from ${shared.slice(0, 2).join(' and ')}.`)]
    : [sign('addresses', SHARING_WEIGHTS.addressesApart, 'They come from different addresses.')]
}

const inOrder = (a: SharingProgram, b: SharingProgram): [SharingProgram, SharingProgram] =>
  a.firstAt <= b.firstAt ? [a, b] : [b, a]

/** The one that began first is silent, although a program that is still there would have asked several times since. */
function isHandover(
  a: SharingProgram,
  b: SharingProgram,
  overlapMs: number,
  { tokenLifetimeSeconds }: SharingQuestion,
): boolean {
  const [before, after] = inOrder(a, b)
  const silentMs = after.lastAt.getTime() - before.lastAt.getTime()
  return (
    overlapMs <= ROLLOUT_MS_MAX &&
    after.firstAt > before.firstAt &&
    silentMs > Math.max(overlapMs, LIVES_MISSED * tokenLifetimeSeconds * 1_000)
  )
}

function oneAfterAnother(a: SharingProgram, b: SharingProgram, gapMs: number, question: SharingQuestion): SharingSign {
  const [before, after] = inOrder(a, b)
  if (isHandover(a, b, -gapMs, question) || gapMs > question.tokenLifetimeSeconds * 1_000)
    return sign('overlap', SHARING_WEIGHTS.handover, toHandoverWords(before, after))
  return sign(
    'overlap',
    0,
    `${before.workload} last asked before ${after.workload} began, within the life of its token.`,
  )
}

const toHandoverWords = (before: SharingProgram, after: SharingProgram): string =>
  before.lastAt < after.firstAt
    ? `${before.workload} stopped before ${after.workload} began.`
    : `${before.workload} stopped soon after ${after.workload} began.`

function sideBySide(a: SharingProgram, b: SharingProgram, overlapMs: number): SharingSign[] {
  const hours = overlapMs / HOUR_MS
  const turns = Math.min(usesWithin(a, overlapMs), usesWithin(b, overlapMs))
  const overlapWeight = Math.min(
    SHARING_WEIGHTS.overlapMax,
    SHARING_WEIGHTS.overlapPerDoubling * Math.log2(1 + overlapMs / (15 * MINUTE_MS)),
  )
  const turnWeight = Math.min(
    SHARING_WEIGHTS.interleavingMax,
    SHARING_WEIGHTS.interleavingPerTenfold * Math.log10(1 + turns),
  )
  return [
    sign('overlap', overlapWeight, `Both used it for ${describeHours(hours)} side by side.`),
    sign('interleaving', turnWeight, `In that time each used it about ${countOf(Math.round(turns), 'time')} or more.`),
  ]
}

/** Uses that fall into the overlap, if a program's uses are spread evenly over its time. */
const usesWithin = ({ firstAt, lastAt, count }: SharingProgram, overlapMs: number): number =>
  count * Math.min(1, overlapMs / Math.max(1, lastAt.getTime() - firstAt.getTime()))

const describeHours = (hours: number): string => {
  if (hours < 1) return countOf(Math.max(1, Math.round(hours * 60)), 'minute')
  return hours < 48 ? countOf(Math.round(hours), 'hour') : countOf(Math.round(hours / 24), 'day')
}
