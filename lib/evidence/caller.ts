import { isIdentityKind, type CallerKind } from '../policy/vocabulary.ts'

export interface Caller {
  /** Stable within an environment: kind and name. */
  readonly key: string
  readonly kind: CallerKind
  readonly name: string
}

const UNKNOWN_PROGRAM = 'unknown client'

/** Names a caller. Anonymous ones are told apart by the program they say they are, which proves nothing. */
export function toCaller(kind: CallerKind, caller: string | null, hint: string | null): Caller {
  const name = caller ?? (hint === null || hint === '' ? UNKNOWN_PROGRAM : hint)
  const shownKind = caller === null ? 'anonymous' : kind
  return { key: `${shownKind}:${name}`, kind: shownKind, name }
}

export const callerOfFacts = ({
  callerKind,
  caller,
  callerHint,
}: {
  readonly callerKind: CallerKind
  readonly caller: string | null
  readonly callerHint: string | null
}): Caller => toCaller(callerKind, caller, callerHint)

export const isIdentity = ({ callerKind }: { readonly callerKind: CallerKind }): boolean => isIdentityKind(callerKind)
