import { hash as digest } from 'node:crypto'
import type { z } from 'zod'
import { SampleReport, SignatureReport, type DecisionBatch } from '../../contract/machine.ts'
import type { FieldError } from '../control-error.ts'
import { REPLAY_DAYS_MAX } from '#lib/store/decisions/retention.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** An instance's clock may be ahead by so much. */
const AHEAD_MS_MAX = 5 * MINUTE_MS
export const NOT_KEPT = 'is not the index of a signature that was kept'

/** A folded decision that passed; `hash` stands for its facts, whoever counted them and when. */
export interface ParsedSignature {
  readonly index: number
  readonly report: SignatureReport
  readonly hash: string
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

/** Item by item: a bad one is named and left out, and costs its neighbours nothing. */
export function parseBatch(batch: DecisionBatch, reporter: Reporter, nowMs: number): ParsedBatch {
  const refused: FieldError[] = []
  const signatures = batch.signatures.flatMap((item, index) => {
    const parsed = parseSignature(item, index, batch.replayed, reporter, nowMs)
    if ('pointer' in parsed) refused.push(parsed)
    return 'pointer' in parsed ? [] : [parsed]
  })
  const known = new Set(signatures.map(({ index }) => index))
  const samples = batch.samples.flatMap((item, index) => {
    const parsed = parseSample(item, index, known, nowMs)
    if ('pointer' in parsed) refused.push(parsed)
    return 'pointer' in parsed ? [] : [parsed]
  })
  return { signatures, samples, refused }
}

function parseSignature(
  item: unknown,
  index: number,
  replayed: boolean,
  reporter: Reporter,
  nowMs: number,
): ParsedSignature | FieldError {
  const pointer = `/signatures/${index}`
  const result = SignatureReport.safeParse(item)
  if (!result.success) return toFieldError(pointer, result.error)
  const report = result.data
  const firstAtMs = Date.parse(report.firstAt)
  const lastAtMs = Date.parse(report.lastAt)
  const detail = findContradiction(report)
  if (detail !== null) return { pointer, detail }
  const problem = findTimeProblem(firstAtMs, lastAtMs, nowMs)
  if (problem !== null) return { pointer: `${pointer}/${problem.field}`, detail: problem.detail }
  return { index, report, hash: hashFacts(report, reporter, replayed), firstAtMs, lastAtMs }
}

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

function toFieldError(pointer: string, error: z.ZodError): FieldError {
  const [issue] = error.issues
  return {
    pointer: [pointer, ...(issue?.path ?? []).map(String)].join('/').slice(0, 300),
    detail: issue?.message ?? 'is invalid',
  }
}

/** What no evaluator could have answered is a fault of the sender, and would be evidence of nothing. */
function findContradiction(report: SignatureReport): string | null {
  if ((report.outcome === 'allowed') !== (report.reason === null)) return 'has a reason exactly when it was not allowed'
  if (!report.evaluated && report.outcome !== 'allowed') return 'was not evaluated, so it cannot be a denial'
  if (report.outcome === 'denied' && report.mode !== 'enforce') return 'is denied in a mode that denies nothing'
  if (report.callerKind === 'anonymous' && report.caller !== null) return 'names an anonymous caller'
  if (report.context?.requirementsMet.some((key) => report.context?.requirementsUnmet.includes(key)) === true)
    return 'has a requirement that was met and was not'
  if (report.tokenAges !== null && sum(report.tokenAges) > report.count) return 'has more token ages than requests'
  return null
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

function hashFacts(report: SignatureReport, { environmentId, serviceId }: Reporter, replayed: boolean): string {
  const {
    method,
    route,
    mode,
    outcome,
    reason,
    tokenProblem,
    callerKind,
    caller,
    callerHint,
    issuer,
    scopes,
    missingScopes,
    sender,
    context,
    evaluated,
  } = report
  const facts = [
    environmentId,
    serviceId,
    method,
    route,
    mode,
    outcome,
    reason,
    tokenProblem,
    callerKind,
    caller,
    callerHint,
    issuer,
    scopes,
    missingScopes,
    sender,
    evaluated,
    replayed,
    // Signatures without context keep the hash they had before there was any.
    ...(context === null ? [] : [context]),
  ]
  return digest('sha256', JSON.stringify(facts), 'hex')
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

export const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS) * MINUTE_MS
