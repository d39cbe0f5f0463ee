import type { SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import type { DecisionContext } from '../context.ts'
import type { ResolvedDraft } from './resolve-draft.ts'

export interface RecordedWindow {
  readonly environmentId: string
  readonly from: Date
  readonly to: Date
}

/** Recorded facts that a draft can change: to the hour, or to the day where days are folded. */
export const loadRecorded = (
  { decisions }: Pick<DecisionContext, 'decisions'>,
  window: RecordedWindow,
  { endpointIds, callers, scopes }: Pick<ResolvedDraft, 'endpointIds' | 'callers' | 'scopes'>,
): Promise<SignatureTotals[]> => decisions.counts.readTotals({ ...window, endpointIds, callers, scopes })
