import { SampleReport, SignatureReport } from '#lib/contract/machine.ts'
import type {
  RecordedCount,
  RecordedFacts,
  RecordedSample,
  RecordedSignature,
  RecordedTraffic,
} from './recorded-traffic.ts'
import type { RecordedBatch } from './recording-proxy.ts'

export interface RecordingTerms {
  readonly from: Date
  readonly to: Date
  readonly frameSeconds: number
  readonly weight: number
  readonly tokenIssuer: string
}

const SAMPLES_KEPT = 6

interface Draft {
  readonly service: string
  readonly facts: RecordedFacts
  readonly counts: Map<number, RecordedCount>
  readonly samples: RecordedSample[]
}

function toFacts(report: SignatureReport, tokenIssuer: string): RecordedFacts {
  const {
    count: _count,
    firstAt: _first,
    lastAt: _last,
    tokenAges: _ages,
    revision: _revision,
    issuer,
    ...facts
  } = report
  if (issuer === null) return { ...facts, issuer }
  return { ...facts, issuer: issuer === tokenIssuer ? 'stepgate' : 'customers' }
}

function addCount(counts: Map<number, RecordedCount>, frame: number, { count, tokenAges }: SignatureReport): void {
  const known = counts.get(frame)
  const ages = known?.tokenAges?.map((age, index) => age + (tokenAges?.[index] ?? 0)) ?? tokenAges
  counts.set(frame, { frame, count: (known?.count ?? 0) + count, tokenAges: ages })
}

/** Samples without what only belongs to the moment. */
function toSample(report: SampleReport): RecordedSample {
  const { id: _id, at: _at, signature: _signature, ...sample } = report
  return sample
}

/** Folds the batches of a run into counts per signature and frame. */
export function composeRecording(batches: readonly RecordedBatch[], terms: RecordingTerms): RecordedTraffic {
  const { from, to, frameSeconds, weight, tokenIssuer } = terms
  const frames = Math.floor((to.getTime() - from.getTime()) / (frameSeconds * 1_000))
  const drafts = new Map<string, Draft>()
  for (const { service, batch } of batches) {
    const found = batch.signatures.map((item) => {
      const report = SignatureReport.parse(item)
      const frame = Math.floor((Date.parse(report.lastAt) - from.getTime()) / (frameSeconds * 1_000))
      if (frame < 0 || frame >= frames) return null
      const facts = toFacts(report, tokenIssuer)
      const key = `${service} ${JSON.stringify(facts)}`
      const draft = drafts.get(key) ?? { service, facts, counts: new Map<number, RecordedCount>(), samples: [] }
      drafts.set(key, draft)
      addCount(draft.counts, frame, report)
      return draft
    })
    for (const item of batch.samples) {
      const report = SampleReport.parse(item)
      const draft = found[report.signature]
      if (draft !== null && draft !== undefined && draft.samples.length < SAMPLES_KEPT)
        draft.samples.push(toSample(report))
    }
  }
  const signatures = [...drafts.values()].map(({ counts, ...draft }): RecordedSignature => ({
    ...draft,
    counts: [...counts.values()],
  }))
  return { recordedAt: from.toISOString(), frameSeconds, frames, weight, signatures }
}
