import type { CountStore } from '#lib/store/decisions/decision-store.ts'
import type { SignatureRow } from '#lib/store/decisions/find-signature-ids.ts'

const KEPT_MAX = 100_000
/** The store learns that a signature is still in use this often. */
const TOUCH_AFTER_MS = 60_000

export interface SeenSignature {
  readonly hash: string
  readonly firstAtMs: number
  readonly lastAtMs: number
}

interface KnownSignature {
  readonly id: string
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export interface SignatureDictionary {
  find(hash: string): string | undefined
  /** Whether the store has to be told: of a new signature, or that a known one was used earlier or later than it knows. */
  isNews(seen: SeenSignature): boolean
  /** Tells the store, and remembers the ids. A signature whose service is gone gets none. */
  learn(signatures: readonly SignatureRow[]): Promise<void>
}

/** Hash → id, in memory: nearly every reported signature was met before. */
export function createSignatureDictionary(counts: CountStore): SignatureDictionary {
  const known = new Map<string, KnownSignature>()

  const remember = (id: string, { hash, firstAt, lastAt }: SignatureRow): void => {
    const before = known.get(hash)
    known.delete(hash)
    known.set(hash, {
      id,
      firstAtMs: Math.min(firstAt.getTime(), before?.firstAtMs ?? Infinity),
      lastAtMs: Math.max(lastAt.getTime(), before?.lastAtMs ?? 0),
    })
  }

  return {
    find: (hash) => known.get(hash)?.id,
    isNews: ({ hash, firstAtMs, lastAtMs }) => {
      const entry = known.get(hash)
      return entry === undefined || firstAtMs < entry.firstAtMs || lastAtMs - entry.lastAtMs >= TOUCH_AFTER_MS
    },
    learn: async (signatures) => {
      if (signatures.length === 0) return
      const merged = new Map<string, SignatureRow>()
      for (const signature of signatures) merged.set(signature.hash, widen(signature, merged.get(signature.hash)))
      const ids = await counts.findSignatureIds([...merged.values()])
      for (const [hash, id] of ids) {
        const signature = merged.get(hash)
        if (signature) remember(id, signature)
      }
      while (known.size > KEPT_MAX) known.delete(known.keys().next().value ?? '')
    },
  }
}

function widen(signature: SignatureRow, other: SignatureRow | undefined): SignatureRow {
  if (!other) return signature
  const firstAt = other.firstAt < signature.firstAt ? other.firstAt : signature.firstAt
  const lastAt = other.lastAt > signature.lastAt ? other.lastAt : signature.lastAt
  return { ...signature, firstAt, lastAt }
}
