import { hash as digest } from 'node:crypto'
import type { DecisionBatch, DecisionReceipt } from '../../contract/machine.ts'
import type { DecisionContext } from '../context.ts'
import type { FieldError } from '../control-error.ts'
import { dayOf } from '#lib/store/decisions/decision-days.ts'
import { DayGoneError } from '#lib/store/decisions/decision-store.ts'
import type { SignatureRow } from '#lib/store/decisions/find-signature-ids.ts'
import type { CountRow } from '#lib/store/decisions/store-batches.ts'
import type { NewSample } from '#lib/store/decisions/store-samples.ts'
import { createGroupCommit, type BatchRows } from './group-commit.ts'
import { keepItems } from './keep-items.ts'
import { createNoveltyLimit } from './novelty-limit.ts'
import { createHeardRecord, type HeardService } from './record-heard.ts'
import { createBatchParser, minuteOf, type ParsedBatch, type ParsedSignature, type Reporter } from './parse-batch.ts'
import { createSampleLimit } from './sample-limit.ts'
import { createSignatureDictionary, type SignatureDictionary } from './signature-dictionary.ts'

/** Stores a batch of decisions; resolves after the commit. */
export type IngestDecisions = (reporter: Reporter, batch: DecisionBatch) => Promise<DecisionReceipt>

export function createDecisionIngest({ pool, decisions: { counts, samples } }: DecisionContext): IngestDecisions {
  const parseBatch = createBatchParser()
  const dictionary = createSignatureDictionary(counts)
  const isWithinNovelty = createNoveltyLimit()
  const isWithinSamples = createSampleLimit()
  const recordHeard = createHeardRecord(pool)
  const commit = createGroupCommit(async (batches) => {
    // Before the counts: once those are there, a repetition brings nothing any more.
    await samples.add(batches.flatMap((batch) => batch.samples))
    return counts.add(batches)
  })

  const keepStorable = async (parsed: ParsedBatch, replayed: boolean): Promise<ParsedBatch> => {
    const wanted = new Set<number>()
    for (const { lastAtMs } of parsed.signatures) wanted.add(dayOf(lastAtMs))
    for (const { atMs } of parsed.samples) wanted.add(dayOf(atMs))
    const storable = await counts.findStorableDays(wanted, replayed)
    return keepItems(
      parsed,
      ({ lastAtMs }) => storable.has(dayOf(lastAtMs)),
      ({ atMs }) => storable.has(dayOf(atMs)),
      { field: '/lastAt', detail: 'is older than what is kept' },
    )
  }

  const keepKnown = async (parsed: ParsedBatch, reporter: Reporter, replayed: boolean): Promise<ParsedBatch> => {
    const news = parsed.signatures.filter((signature) => dictionary.isNews(signature))
    const learned = news.filter(
      ({ hash }) =>
        dictionary.find(hash) !== undefined || isWithinNovelty(`${reporter.environmentId}:${reporter.serviceId}`, hash),
    )
    await dictionary.learn(learned.map((signature) => toSignatureRow(reporter, signature, replayed)))
    return keepItems(
      parsed,
      ({ hash }) => dictionary.find(hash) !== undefined,
      () => true,
      { detail: 'is one new signature too many in this minute' },
    )
  }

  const ingestOnce: IngestDecisions = async (reporter, batch) => {
    const parsed = await keepStorable(parseBatch(batch, reporter, Date.now()), batch.replayed)
    const kept = await keepKnown(parsed, reporter, batch.replayed)
    const rows = toBatchRows(reporter, batch, kept, dictionary, isWithinSamples)
    const [isNew] = await Promise.all([commit(rows), recordHeard([toHeard(reporter, kept)])])
    return toReceipt(batch.batchId, !isNew, kept, rows.samples.length)
  }

  return async (reporter, batch) => {
    try {
      return await ingestOnce(reporter, batch)
    } catch (error) {
      if (!(error instanceof DayGoneError)) throw error
      return ingestOnce(reporter, batch)
    }
  }
}

/** For the times of which it tells, however late it is; most items tell of the minute of the one before. */
function toHeard({ environmentId, serviceId }: Reporter, { signatures }: ParsedBatch): HeardService {
  const spans: { fromMs: number; toMs: number }[] = []
  for (const { firstAtMs, lastAtMs } of signatures) {
    const [fromMs, toMs] = [minuteOf(firstAtMs), minuteOf(lastAtMs)]
    const last = spans.at(-1)
    if (last?.fromMs !== fromMs || last.toMs !== toMs) spans.push({ fromMs, toMs })
  }
  return { environmentId, serviceId, spans }
}

function toSignatureRow(
  { environmentId, serviceId }: Reporter,
  { facts, hash, firstAtMs, lastAtMs }: ParsedSignature,
  replayed: boolean,
): SignatureRow {
  const [firstAt, lastAt] = [new Date(firstAtMs), new Date(lastAtMs)]
  return { ...facts, environmentId, serviceId, hash, replayed, firstAt, lastAt }
}

function toBatchRows(
  { environmentId, serviceId }: Reporter,
  batch: DecisionBatch,
  kept: ParsedBatch,
  dictionary: SignatureDictionary,
  isWithinSamples: (signatureId: string, atMs: number) => boolean,
): BatchRows {
  const { allowed, wouldDeny, denied } = batch.dropped
  const ids = kept.signatures.map(({ hash }) => dictionary.find(hash) ?? '')
  const counts = kept.signatures.map(({ counts: { count, tokenAges }, lastAtMs }, position): CountRow => ({
    signatureId: ids[position] ?? '',
    minuteMs: minuteOf(lastAtMs),
    count,
    tokenAges,
  }))
  return {
    key: batchKey(environmentId, serviceId, batch.batchId),
    instanceId: batch.instance.id,
    dropped: allowed + wouldDeny + denied,
    counts,
    samples: toNewSamples(kept, ids, isWithinSamples, { environmentId, instanceId: batch.instance.id }),
  }
}

function toNewSamples(
  { signatures, samples }: ParsedBatch,
  ids: readonly string[],
  isWithinSamples: (signatureId: string, atMs: number) => boolean,
  source: Pick<NewSample, 'environmentId' | 'instanceId'>,
): NewSample[] {
  if (samples.length === 0) return []
  const positions = new Map(signatures.map(({ index }, position) => [index, position]))
  return samples.flatMap(({ report, atMs }): NewSample[] => {
    const position = positions.get(report.signature) ?? -1
    const signatureId = ids[position] ?? ''
    return isWithinSamples(signatureId, atMs)
      ? [
          {
            ...report,
            ...source,
            at: new Date(atMs),
            signatureId,
            revision: signatures[position]?.counts.revision ?? 0,
          },
        ]
      : []
  })
}

/** Bound to the service, so that one service cannot use up the ids of another. */
export function batchKey(environmentId: string, serviceId: string, batchId: string): string {
  const hex = digest('sha256', `${environmentId} ${serviceId} ${batchId.toLowerCase()}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

function toReceipt(
  batchId: string,
  duplicate: boolean,
  { signatures, refused }: ParsedBatch,
  samples: number,
): DecisionReceipt {
  const decisions = signatures.reduce((total, { counts }) => total + counts.count, 0)
  return {
    batchId,
    duplicate,
    accepted: { signatures: signatures.length, samples, decisions },
    refused: refused.toSorted(byPosition),
  }
}

const positionOf = ({ pointer }: FieldError): number => Number(pointer.split('/')[2])
const isOfSample = ({ pointer }: FieldError): number => Number(pointer.startsWith('/samples'))
const byPosition = (a: FieldError, b: FieldError): number =>
  isOfSample(a) - isOfSample(b) || positionOf(a) - positionOf(b)
