import type { FieldError } from '../control-error.ts'
import { NOT_KEPT, type ParsedBatch, type ParsedSample, type ParsedSignature } from './parse-batch.ts'

/** Leaves out the items that cannot be kept, with the samples of signatures that cannot, and names each of them. */
export function keepItems(
  parsed: ParsedBatch,
  keepSignature: (signature: ParsedSignature) => boolean,
  keepSample: (sample: ParsedSample) => boolean,
  { field = '', detail }: { readonly field?: string; readonly detail: string },
): ParsedBatch {
  const signatures = parsed.signatures.filter(keepSignature)
  if (signatures.length === parsed.signatures.length && parsed.samples.every(keepSample)) return parsed
  const keptIndexes = new Set(signatures.map(({ index }) => index))
  const isOrphan = ({ report }: ParsedSample): boolean => !keptIndexes.has(report.signature)
  const samples = parsed.samples.filter((sample) => keepSample(sample) && !isOrphan(sample))
  const refused: FieldError[] = [
    ...parsed.signatures
      .filter(({ index }) => !keptIndexes.has(index))
      .map(({ index }) => ({ pointer: `/signatures/${index}${field}`, detail })),
    ...parsed.samples
      .filter(isOrphan)
      .map(({ index }) => ({ pointer: `/samples/${index}/signature`, detail: NOT_KEPT })),
    ...parsed.samples
      .filter((sample) => !keepSample(sample) && !isOrphan(sample))
      .map(({ index }) => ({ pointer: `/samples/${index}/at`, detail })),
  ]
  return { signatures, samples, refused: [...parsed.refused, ...refused] }
}
