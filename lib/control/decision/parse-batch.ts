import { SampleReport, type DecisionBatch, type SignatureCounts, type SignatureFacts } from '../../contract/machine.ts'
import type { FieldError } from '../control-error.ts'
import { createFactsReader, type ReadFacts, type SignatureItem } from './facts-reader.ts'
import { toFieldError } from './field-error.ts'
import { parseCounts } from './parse-counts.ts'
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
  return (batch, reporter, nowMs) => {
    const refused: FieldError[] = []
    const keep = <Parsed extends object>(parsed: Parsed | FieldError): Parsed[] => {
      if (!('pointer' in parsed)) return [parsed]
      refused.push(parsed)
      return []
    }
    const source = { ...reporter, replayed: batch.replayed }
    const signatures = batch.signatures.flatMap((item, index) =>
      keep(parseSignature(item, index, (each) => readFacts(each, source), nowMs)),
    )
    const known = new Set(signatures.map(({ index }) => index))
    const samples = batch.samples.flatMap((item, index) => keep(parseSample(item, index, known, nowMs)))
    return { signatures, samples, refused }
  }
}

function parseSignature(
  item: unknown,
  index: number,
  readFacts: (item: SignatureItem) => ReturnType<ReadFacts>,
  nowMs: number,
): ParsedSignature | FieldError {
  const pointer = `/signatures/${index}`
  if (!isObject(item)) return { pointer, detail: 'must be an object' }
  const read = readFacts(item)
  if ('detail' in read) return { pointer: `${pointer}${read.path}`, detail: read.detail }
  const result = parseCounts(item)
  if (!result.success) return toFieldError(pointer, result.error)
  const counts = result.data
  if (counts.tokenAges !== null && sum(counts.tokenAges) > counts.count)
    return { pointer, detail: 'has more token ages than requests' }
  const firstAtMs = Date.parse(counts.firstAt)
  const lastAtMs = Date.parse(counts.lastAt)
  const problem = findTimeProblem(firstAtMs, lastAtMs, nowMs)
  if (problem !== null) return { pointer: `${pointer}/${problem.field}`, detail: problem.detail }
  return { index, ...read, counts, firstAtMs, lastAtMs }
}

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
