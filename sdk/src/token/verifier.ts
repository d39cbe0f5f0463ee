import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import type { VerifiedToken } from './verify-token.ts'

/** Verifies tokens by what one configuration trusts. */
export interface Verifier {
  /** `kid`s of keys that could not be used. Tokens signed with them are refused. */
  readonly unusableKeys: readonly string[]
  verify(compact: string, nowMs: number): VerifiedToken
}

export type ToVerifier = (snapshot: Snapshot) => Verifier

/** Until there is a configuration. */
export const NOBODY_TRUSTED: Verifier = {
  unusableKeys: [],
  verify: () => ({ problem: 'issuer-untrusted', token: null }),
}
