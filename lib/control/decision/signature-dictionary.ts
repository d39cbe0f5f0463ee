import type pg from 'pg'
import { findSignatureIds, type SignatureRow } from '#lib/store/decisions/find-signature-ids.ts'

const KEPT_MAX = 100_000
/** The store learns that a signature is still in use this often. */
const TOUCH_AFTER_MS = 60_000

interface KnownSignature {
  readonly id: string
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export interface SignatureDictionary {
  /** Ids by position; null for a signature whose service is gone. */
  resolve(signatures: readonly SignatureRow[]): Promise<(string | null)[]>
  isKnown(signature: Pick<SignatureRow, 'environmentId' | 'hash'>): boolean
  forget(): void
}

const keyOf = ({ environmentId, hash }: Pick<SignatureRow, 'environmentId' | 'hash'>): string => `${environmentId}:${hash.toString('hex')}`

/** Hash → id, in memory: nearly every reported signature was met before. */
export function createSignatureDictionary(pool: pg.Pool): SignatureDictionary {
  const known = new Map<string, KnownSignature>()

  const isFresh = (signature: SignatureRow): boolean => {
    const entry = known.get(keyOf(signature))
    return entry !== undefined && entry.firstAtMs <= signature.firstAt.getTime() && signature.lastAt.getTime() - entry.lastAtMs < TOUCH_AFTER_MS
  }

  const learn = async (signatures: readonly SignatureRow[]): Promise<void> => {
    const merged = new Map<string, SignatureRow>()
    for (const signature of signatures) merged.set(keyOf(signature), widen(signature, merged.get(keyOf(signature))))
    const ids = await findSignatureIds(pool, [...merged.values()])
    for (const [key, { firstAt, lastAt }] of merged) {
      const id = ids.get(key)
      const before = known.get(key)
      if (id === undefined) continue
      known.delete(key)
      known.set(key, { id, firstAtMs: Math.min(firstAt.getTime(), before?.firstAtMs ?? Infinity), lastAtMs: Math.max(lastAt.getTime(), before?.lastAtMs ?? 0) })
    }
    while (known.size > KEPT_MAX) known.delete(known.keys().next().value ?? '')
  }

  return {
    resolve: async (signatures) => {
      const unknown = signatures.filter((signature) => !isFresh(signature))
      if (unknown.length > 0) await learn(unknown)
      return signatures.map((signature) => known.get(keyOf(signature))?.id ?? null)
    },
    isKnown: (signature) => known.has(keyOf(signature)),
    forget: () => known.clear(),
  }
}

function widen(signature: SignatureRow, other: SignatureRow | undefined): SignatureRow {
  if (!other) return signature
  const firstAt = other.firstAt < signature.firstAt ? other.firstAt : signature.firstAt
  const lastAt = other.lastAt > signature.lastAt ? other.lastAt : signature.lastAt
  return { ...signature, firstAt, lastAt }
}
