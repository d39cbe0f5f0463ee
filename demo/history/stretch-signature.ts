import { randomUUID } from 'node:crypto'
import type { SampleReport, SignatureReport } from '#lib/contract/machine.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '#lib/policy/token-age.ts'
import { dayShape } from '../day-shape.ts'
import type { Slot } from './plan-slots.ts'
import type { RecordedCount, RecordedSignature, RecordedTraffic } from './recorded-traffic.ts'

export interface ReplayTerms {
  readonly traffic: RecordedTraffic
  readonly issuers: Readonly<Record<'stepgate' | 'customers', string>>
  readonly revision: number
  /** Callers whose rhythm does not follow the time of day. */
  readonly steadyCallers: ReadonlySet<string>
  /** Callers that fetch one token a day and use it until the next. */
  readonly dailyTokenCallers: ReadonlySet<string>
}

interface Counted {
  readonly count: number
  readonly tokenAges: readonly number[] | null
}

const SAMPLES_PER_HOUR_MAX = 3
/** When the daily token is fetched, after midnight. */
const DAILY_TOKEN_AT_SECONDS = 420
const DAY_SECONDS = 86_400

/** How often something of this expected number happens: the whole part, and one more by chance. */
const roundByChance = (expected: number): number => Math.floor(expected) + (Math.random() < expected % 1 ? 1 : 0)

/** Each request of the recording is kept with this probability. */
function thin(count: number, share: number): number {
  const spread = Math.sqrt(count * share * (1 - share))
  const around = count * share + spread * (Math.random() + Math.random() + Math.random() - 1.5) * 2
  return Math.min(count, roundByChance(Math.max(0, around)))
}

/** As many frames as fit the slot, from a random place on; the recording is walked in a circle. */
function countFrames(
  counts: readonly RecordedCount[],
  { frames, frameSeconds }: RecordedTraffic,
  slot: Slot,
  start: number,
): Counted {
  const needed = Math.max(1, Math.round(slot.seconds / frameSeconds))
  let count = 0
  let tokenAges: number[] | null = null
  for (const recorded of counts) {
    const offset = (recorded.frame - start + frames) % frames
    const times = Math.floor(needed / frames) + (offset < needed % frames ? 1 : 0)
    count += recorded.count * times
    if (recorded.tokenAges === null || times === 0) continue
    tokenAges ??= new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
    for (const [index, ages] of recorded.tokenAges.entries()) tokenAges[index] = (tokenAges[index] ?? 0) + ages * times
  }
  return { count, tokenAges }
}

/** The same distribution over fewer requests. */
function scaleAges(tokenAges: readonly number[], from: number, to: number): number[] {
  const scaled = tokenAges.map((ages) => Math.floor((ages * to) / from))
  const largest = tokenAges.indexOf(Math.max(...tokenAges))
  const missing =
    Math.floor((tokenAges.reduce((sum, ages) => sum + ages, 0) * to) / from) -
    scaled.reduce((sum, ages) => sum + ages, 0)
  return scaled.map((ages, index) => (index === largest ? ages + missing : ages))
}

/** A token that is fetched once a day is as old as the day when it is used. */
function dailyTokenAges(at: Date, count: number): number[] {
  const age = (at.getTime() / 1_000 - DAILY_TOKEN_AT_SECONDS + DAY_SECONDS) % DAY_SECONDS
  const ages = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  ages[tokenAgeBucket(age)] = count
  return ages
}

const nameOf = ({ facts }: RecordedSignature): string => facts.caller ?? facts.callerHint ?? ''

/** What one signature was counted in one slot; null where it did not occur. */
export function stretchSignature(
  signature: RecordedSignature,
  slot: Slot,
  start: number,
  terms: ReplayTerms,
): SignatureReport | null {
  const { facts, counts } = signature
  const caller = nameOf(signature)
  const recorded = countFrames(counts, terms.traffic, slot, start)
  const busyness = Math.min(1, dayShape(slot.from) / terms.traffic.weight)
  const count = terms.steadyCallers.has(caller) ? recorded.count : thin(recorded.count, busyness)
  if (count === 0) return null
  const scaled = recorded.tokenAges === null ? null : scaleAges(recorded.tokenAges, recorded.count, count)
  const tokenAges = terms.dailyTokenCallers.has(caller) && scaled !== null ? dailyTokenAges(slot.from, count) : scaled
  return {
    ...facts,
    issuer: facts.issuer === null ? null : terms.issuers[facts.issuer],
    revision: terms.revision,
    count,
    firstAt: slot.from.toISOString(),
    lastAt: new Date(slot.from.getTime() + slot.seconds * 1_000 - 1).toISOString(),
    tokenAges,
  }
}

/** Some of the counted requests in full; `index` is the signature's place in its batch. */
export function stretchSamples(
  { samples }: RecordedSignature,
  slot: Slot,
  count: number,
  index: number,
): SampleReport[] {
  if (samples.length === 0) return []
  const wanted = Math.min(count, roundByChance((SAMPLES_PER_HOUR_MAX * slot.seconds) / 3_600))
  return Array.from({ length: wanted }, () => {
    const sample = samples[Math.floor(Math.random() * samples.length)] as (typeof samples)[number] // there is at least one
    return {
      ...sample,
      id: randomUUID(),
      at: new Date(slot.from.getTime() + Math.random() * slot.seconds * 1_000).toISOString(),
      signature: index,
    }
  })
}
