import { createHash, randomInt } from 'node:crypto'
import type pg from 'pg'
import type { DecisionBatch, DecisionReceipt } from '../../contract/machine.ts'
import type { FieldError } from '../control-error.ts'
import { createDecisionDays, dayOf } from '#lib/store/decisions/decision-days.ts'
import type { SignatureRow } from '#lib/store/decisions/find-signature-ids.ts'
import { MINUTES_KEPT_DAYS } from '#lib/store/decisions/retention.ts'
import { storeBatches, type BatchRows, type CountRow, type SampleRow } from '#lib/store/decisions/store-batches.ts'
import { createGroupCommit } from './group-commit.ts'
import { createNoveltyLimit } from './novelty-limit.ts'
import { minuteOf, NOT_KEPT, parseBatch, type ParsedBatch, type ParsedSample, type ParsedSignature } from './parse-batch.ts'
import { createSampleLimit } from './sample-limit.ts'
import { createSignatureDictionary } from './signature-dictionary.ts'

const DAY_MS = 86_400_000
const SHARDS = 4
const CHECK_VIOLATION = '23514'

/** Whose decisions they are: by the token, never by the body. */
export interface Reporter {
  readonly environmentId: string
  readonly serviceId: string
}

/** Stores a batch of decisions; resolves after the commit. */
export type IngestDecisions = (reporter: Reporter, batch: DecisionBatch) => Promise<DecisionReceipt>

export function createDecisionIngest(pool: pg.Pool): IngestDecisions {
  const days = createDecisionDays(pool)
  const dictionary = createSignatureDictionary(pool)
  const shard = randomInt(SHARDS)
  const isWithinNovelty = createNoveltyLimit()
  const isWithinSamples = createSampleLimit()
  const commit = createGroupCommit((batches) => storeBatches(pool, batches, shard, new Date(Date.now() - MINUTES_KEPT_DAYS * DAY_MS)))

  const keepStorable = async (parsed: ParsedBatch, replayed: boolean): Promise<ParsedBatch> => {
    const wanted = new Set([...parsed.signatures.map(({ lastAt }) => dayOf(lastAt)), ...parsed.samples.map(({ at }) => dayOf(at))])
    const storable = await days.findStorable(wanted, replayed)
    return withoutItems(parsed, ({ lastAt }) => storable.has(dayOf(lastAt)), ({ at }) => storable.has(dayOf(at)), 'is older than what is kept')
  }

  const ingestOnce: IngestDecisions = async (reporter, batch) => {
    const parsed = await keepStorable(parseBatch(batch, reporter.serviceId, new Date()), batch.replayed)
    const rows = parsed.signatures.map((signature) => toSignatureRow(reporter, signature, batch.replayed))
    const novel = rows.map((row) => dictionary.isKnown(row) || isWithinNovelty(`${reporter.environmentId}:${reporter.serviceId}`))
    const ids = await dictionary.resolve(rows.filter((_, position) => novel[position]))
    const idOf = new Map(parsed.signatures.filter((_, position) => novel[position]).map(({ index }, position) => [index, ids[position] ?? null]))
    const kept = withoutItems(parsed, ({ index }) => typeof idOf.get(index) === 'string', () => true, 'is one new signature too many in this minute')
    const { batch: toStore, samples } = toBatchRows(reporter, batch, kept, idOf, isWithinSamples)
    const isNew = await commit(toStore)
    return toReceipt(batch.batchId, !isNew, kept, samples)
  }

  return async (reporter, batch) => {
    try {
      return await ingestOnce(reporter, batch)
    } catch (error) {
      if (!isMissingPartition(error)) throw error
      days.forget()
      return ingestOnce(reporter, batch)
    }
  }
}

/** Retention dropped a partition that was known to be there. */
const isMissingPartition = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION && error.message.includes('no partition')

function withoutItems(
  parsed: ParsedBatch,
  keepSignature: (signature: ParsedSignature) => boolean,
  keepSample: (sample: ParsedSample) => boolean,
  detail: string,
): ParsedBatch {
  const signatures = parsed.signatures.filter(keepSignature)
  if (signatures.length === parsed.signatures.length && parsed.samples.every(keepSample)) return parsed
  const keptIndexes = new Set(signatures.map(({ index }) => index))
  const isOrphan = ({ report }: ParsedSample): boolean => !keptIndexes.has(report.signature)
  const samples = parsed.samples.filter((sample) => keepSample(sample) && !isOrphan(sample))
  const refused: FieldError[] = [
    ...parsed.signatures.filter(({ index }) => !keptIndexes.has(index)).map(({ index }) => ({ pointer: `/signatures/${index}`, detail })),
    ...parsed.samples.filter(isOrphan).map(({ index }) => ({ pointer: `/samples/${index}/signature`, detail: NOT_KEPT })),
    ...parsed.samples.filter((sample) => !keepSample(sample) && !isOrphan(sample)).map(({ index }) => ({ pointer: `/samples/${index}/at`, detail })),
  ]
  return { signatures, samples, refused: [...parsed.refused, ...refused] }
}

function toSignatureRow({ environmentId, serviceId }: Reporter, { report, hash, firstAt, lastAt }: ParsedSignature, replayed: boolean): SignatureRow {
  const { count: _count, tokenAges: _ages, revision: _revision, ...facts } = report
  return { ...facts, environmentId, serviceId, hash, replayed, firstAt, lastAt }
}

function toBatchRows(
  { environmentId, serviceId }: Reporter,
  batch: DecisionBatch,
  kept: ParsedBatch,
  idOf: ReadonlyMap<number, string | null>,
  isWithinSamples: (signatureId: string, at: Date) => boolean,
): { batch: BatchRows; samples: number } {
  const revisionOf = new Map(kept.signatures.map(({ index, report }) => [index, report.revision]))
  const counts = kept.signatures.map(({ index, report, lastAt }): CountRow => ({
    signatureId: idOf.get(index) ?? '',
    bucket: minuteOf(lastAt),
    count: report.count,
    tokenAges: report.tokenAges,
  }))
  const samples = kept.samples
    .map(({ report, at }): SampleRow => ({ ...report, at, signatureId: idOf.get(report.signature) ?? '', revision: revisionOf.get(report.signature) ?? 0 }))
    .filter(({ signatureId, at }) => isWithinSamples(signatureId, at))
  const { allowed, wouldDeny, denied } = batch.dropped
  const key = batchKey(environmentId, serviceId, batch.batchId)
  return { batch: { key, environmentId, instanceId: batch.instance.id, dropped: allowed + wouldDeny + denied, counts, samples }, samples: samples.length }
}

/** Bound to the service, so that one service cannot use up the ids of another. */
function batchKey(environmentId: string, serviceId: string, batchId: string): string {
  const hex = createHash('sha256').update(`${environmentId} ${serviceId} ${batchId.toLowerCase()}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

function toReceipt(batchId: string, duplicate: boolean, { signatures, refused }: ParsedBatch, samples: number): DecisionReceipt {
  const decisions = signatures.reduce((total, { report }) => total + report.count, 0)
  return { batchId, duplicate, accepted: { signatures: signatures.length, samples, decisions }, refused: refused.toSorted(byPosition) }
}

const positionOf = ({ pointer }: FieldError): number => Number(pointer.split('/')[2])
const isOfSample = ({ pointer }: FieldError): number => Number(pointer.startsWith('/samples'))
const byPosition = (a: FieldError, b: FieldError): number => isOfSample(a) - isOfSample(b) || positionOf(a) - positionOf(b)
