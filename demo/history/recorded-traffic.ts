import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { SampleReport, SignatureReport } from '#lib/contract/machine.ts'

/** Which issuer a token came from; the addresses of a recording mean nothing elsewhere. */
export type IssuerRole = 'stepgate' | 'customers'

export type RecordedFacts = Omit<
  SignatureReport,
  'count' | 'firstAt' | 'lastAt' | 'tokenAges' | 'revision' | 'issuer'
> & { readonly issuer: IssuerRole | null }
export type RecordedSample = Omit<SampleReport, 'id' | 'at' | 'signature'>

/** What was counted of one signature in one frame of the recording. */
export interface RecordedCount {
  readonly frame: number
  readonly count: number
  readonly tokenAges: readonly number[] | null
}

export interface RecordedSignature {
  readonly service: string
  readonly facts: RecordedFacts
  readonly counts: readonly RecordedCount[]
  readonly samples: readonly RecordedSample[]
}

/** Decision batches of a real run of the fleet, cut into frames of equal length. */
export interface RecordedTraffic {
  readonly recordedAt: string
  readonly frameSeconds: number
  readonly frames: number
  /** How busy the shop was kept, as in `dayShape`. */
  readonly weight: number
  readonly signatures: readonly RecordedSignature[]
}

export const RECORDING = new URL('recorded-traffic.json.gz', import.meta.url)

export const readRecordedTraffic = (): RecordedTraffic =>
  JSON.parse(gunzipSync(readFileSync(RECORDING)).toString('utf8')) as RecordedTraffic // written by record-history.ts
