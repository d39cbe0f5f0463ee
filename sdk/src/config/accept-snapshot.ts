import { isUtf8 } from 'node:buffer'
import { parseSnapshot } from '../../../lib/policy/parse-snapshot.ts'
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { SecurityCode } from '../errors.ts'
import type { ConfigKey } from '../settings.ts'
import { isSnapshotSigned } from './snapshot-signature.ts'
import { messageOf } from '../caught-error.ts'

/** A snapshot with what is needed to prove it again. */
export interface SignedSnapshot {
  readonly snapshot: Snapshot
  readonly body: Buffer
  readonly signatures: string
}

export interface SnapshotCandidate {
  readonly body: Buffer
  readonly signatures: string | undefined
}

/** Why a candidate was not accepted. `snapshot-invalid` is a fault; all others are security events. */
export type SnapshotRefusalCode = Exclude<SecurityCode, 'epoch-changed' | 'credential-refused'> | 'snapshot-invalid'

export type Acceptance =
  | { readonly accepted: SignedSnapshot; readonly changesEpoch: boolean }
  | { readonly refused: SnapshotRefusalCode; readonly detail: string }

const refuse = (refused: SnapshotRefusalCode, detail: string): Acceptance => ({ refused, detail })

function parseBody(body: Buffer): Snapshot | string {
  if (!isUtf8(body)) return 'snapshot is not UTF-8'
  try {
    return parseSnapshot(body.toString('utf8'))
  } catch (error) {
    return messageOf(error, 'snapshot cannot be read')
  }
}

function compareWithCurrent(candidate: SignedSnapshot, current: SignedSnapshot | null): Acceptance {
  const { epoch, revision, environment } = candidate.snapshot
  if (current === null) return { accepted: candidate, changesEpoch: false }
  // Each environment has a key of its own; this holds where somebody pins those of two.
  if (environment !== current.snapshot.environment)
    return refuse('snapshot-foreign', 'it belongs to another environment')
  if (epoch !== current.snapshot.epoch) return { accepted: candidate, changesEpoch: true }
  if (revision < current.snapshot.revision)
    return refuse('snapshot-older', `revision ${String(revision)} after ${String(current.snapshot.revision)}`)
  const isConflict = revision === current.snapshot.revision && !candidate.body.equals(current.body)
  return isConflict
    ? refuse('snapshot-conflict', `revision ${String(revision)} with other content`)
    : { accepted: candidate, changesEpoch: false }
}

/**
 * Decides whether a snapshot may replace the current one. The signature comes first: bytes that are not signed are not even
 * parsed. Within an epoch revisions only go forward; another epoch means that the database was restored or replaced.
 */
export function acceptSnapshot(
  candidate: SnapshotCandidate,
  current: SignedSnapshot | null,
  service: string,
  keys: readonly ConfigKey[],
): Acceptance {
  const { body, signatures } = candidate
  if (signatures === undefined || !isSnapshotSigned(body, signatures, keys))
    return refuse('snapshot-unsigned', 'no signature by a pinned configuration key')
  const snapshot = parseBody(body)
  if (typeof snapshot === 'string') return refuse('snapshot-invalid', snapshot)
  if (snapshot.service !== service) return refuse('snapshot-foreign', 'it belongs to another service')
  return compareWithCurrent({ snapshot, body, signatures }, current)
}
