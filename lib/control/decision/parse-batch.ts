import { z } from 'zod'
import { SampleReport, type DecisionBatch, type SignatureCounts, type SignatureFacts } from '../../contract/machine.ts'
import type { FieldError } from '../control-error.ts'
import { createFactsReader, type ReadFacts, type SignatureItem } from './facts-reader.ts'
import { toFieldError } from './field-error.ts'
import { createCountsParser, type ParseCounts } from './parse-counts.ts'
import { REPLAY_DAYS_MAX } from '#lib/store/decisions/retention.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** An instance's clock may be ahead by so much. */
const AHEAD_MS_MAX = 5 * MINUTE_MS
export const NOT_KEPT = 'is not the index of a signature that was kept'

/** A folded decision that passed; `hash` stands for its facts, whoever counted them and when. */
export interface ParsedSignature {
  readonly index: number
  readonly facts: SignatureFacts
  readonly hash: string
  readonly counts: SignatureCounts
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export interface ParsedSample {
  readonly index: number
  readonly report: SampleReport
  readonly atMs: number
}

/** Whose decisions they are: by the token, never by the body. */
export interface Reporter {
  readonly environmentId: string
  readonly serviceId: string
}

export interface ParsedBatch {
  readonly signatures: readonly ParsedSignature[]
  readonly samples: readonly ParsedSample[]
  readonly refused: readonly FieldError[]
}

export type ParseBatch = (batch: DecisionBatch, reporter: Reporter, nowMs: number) => ParsedBatch

/** Item by item: a bad one is named and left out, and costs its neighbours nothing. */
export function createBatchParser(): ParseBatch {
  const readFacts = createFactsReader()
  const parseCounts = createCountsParser()
  return (batch, reporter, nowMs) => {
    const readOfReporter = readFacts({ ...reporter, replayed: batch.replayed })
    const refused: FieldError[] = []
    const signatures = keepParsed(batch.signatures, refused, (item, index) =>
      parseSignature(item, index, readOfReporter, parseCounts, nowMs),
    )
    if (batch.samples.length === 0) return { signatures, samples: [], refused }
    const known = new Set(signatures.map(({ index }) => index))
    const samples = keepParsed(batch.samples, refused, (item, index) => parseSample(item, index, known, nowMs))
    return { signatures, samples, refused }
  }
}

/** What is not kept is added to what is refused. */
function keepParsed<Parsed extends object>(
  items: readonly unknown[],
  refused: FieldError[],
  parse: (item: unknown, index: number) => Parsed | FieldError,
): Parsed[] {
  const kept: Parsed[] = []
  for (const [index, item] of items.entries()) {
    const parsed = parse(item, index)
    if ('pointer' in parsed) refused.push(parsed)
    else kept.push(parsed)
  }
  return kept
}

function parseSignature(
  item: unknown,
  index: number,
  readFacts: ReadFacts,
  parseCounts: ParseCounts,
  nowMs: number,
): ParsedSignature | FieldError {
  if (!isObject(item)) return { pointer: pointerOf(index), detail: 'must be an object' }
  const read = readFacts(item)
  if ('detail' in read) return { pointer: `${pointerOf(index)}${read.path}`, detail: read.detail }
  const counted = parseCounts(item)
  if (counted instanceof z.ZodError) return toFieldError(pointerOf(index), counted)
  const { counts, firstAtMs, lastAtMs } = counted
  if (counts.tokenAges !== null && sum(counts.tokenAges) > counts.count)
    return { pointer: pointerOf(index), detail: 'has more token ages than requests' }
  const problem = findTimeProblem(firstAtMs, lastAtMs, nowMs)
  if (problem !== null) return { pointer: `${pointerOf(index)}/${problem.field}`, detail: problem.detail }
  return { index, facts: read.facts, hash: read.hash, counts, firstAtMs, lastAtMs }
}

const pointerOf = (index: number): string => `/signatures/${index}`

const isObject = (item: unknown): item is SignatureItem =>
  typeof item === 'object' && item !== null && !Array.isArray(item)

function parseSample(
  item: unknown,
  index: number,
  signatures: ReadonlySet<number>,
  nowMs: number,
): ParsedSample | FieldError {
  const pointer = `/samples/${index}`
  const result = SampleReport.safeParse(item)
  if (!result.success) return toFieldError(pointer, result.error)
  if (!signatures.has(result.data.signature)) return { pointer: `${pointer}/signature`, detail: NOT_KEPT }
  const atMs = Date.parse(result.data.at)
  const problem = findTimeProblem(atMs, atMs, nowMs)
  return problem === null ? { index, report: result.data, atMs } : { pointer: `${pointer}/at`, detail: problem.detail }
}

interface TimeProblem {
  readonly field: 'firstAt' | 'lastAt'
  readonly detail: string
}

function findTimeProblem(firstAtMs: number, lastAtMs: number, nowMs: number): TimeProblem | null {
  if (firstAtMs > lastAtMs) return { field: 'lastAt', detail: 'lies before firstAt' }
  if (lastAtMs > nowMs + AHEAD_MS_MAX) return { field: 'lastAt', detail: 'lies more than 5 minutes in the future' }
  if (firstAtMs < nowMs - REPLAY_DAYS_MAX * DAY_MS)
    return { field: 'firstAt', detail: `is older than ${REPLAY_DAYS_MAX} days` }
  return null
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

export const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS) * MINUTE_MS
