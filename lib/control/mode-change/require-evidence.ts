import { ControlError, type FieldError } from '../control-error.ts'
import { describe, isReady, type ForecastChange } from './forecast-change.ts'
import type { PreviewProof } from './preview-token.ts'

interface Said {
  readonly acceptDenials: boolean
  readonly reason: string
}

const REASON_LENGTH_MIN = 3

/**
 * Lowering a gate rests on what somebody looked at: the same changes, of the same endpoints, denying the same callers. Where it
 * was not ready, they have to say so and why.
 */
export function requireEvidence(
  environment: string,
  changes: readonly ForecastChange[],
  proof: PreviewProof | null,
  said: Said,
): void {
  if (proof?.environment !== environment)
    throw lookAgain(
      'The preview is missing, expired or not ours. Look at the evidence and send the token of the preview.',
    )
  const now = describe(changes)
  if (proof.changes !== now.changes) throw lookAgain('The preview was of other changes than these.')
  if (proof.configuration !== now.configuration) throw lookAgain('An endpoint was changed since the preview.')
  if (proof.denied !== now.denied) throw lookAgain('Since the preview other callers would be denied than it showed.')
  if (proof.ready && !isReady(changes) && !said.acceptDenials)
    throw lookAgain('The evidence is no longer what the preview showed.')
  if (!isReady(changes)) requireAcceptance(said)
}

function requireAcceptance({ acceptDenials, reason }: Said): void {
  const errors: FieldError[] = []
  if (!acceptDenials)
    errors.push({
      pointer: '/acceptDenials',
      detail: 'must be true: callers would be denied, or there is not enough evidence',
    })
  if (reason.length < REASON_LENGTH_MIN)
    errors.push({ pointer: '/reason', detail: 'is needed here: at least 3 characters' })
  if (errors.length > 0)
    throw new ControlError(
      'invalid-value',
      'The evidence does not say that nobody is denied: accept it, and say why.',
      errors,
    )
}

/** Going back is always possible; why is kept. */
export function requireReason(reason: string): void {
  if (reason.length >= REASON_LENGTH_MIN) return
  throw new ControlError('invalid-value', 'Say why the gate is raised again.', [
    { pointer: '/reason', detail: 'is needed here: at least 3 characters' },
  ])
}

const lookAgain = (sentence: string) =>
  new ControlError('evidence-required', sentence, [{ pointer: '/previewToken', detail: sentence }])
