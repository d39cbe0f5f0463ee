import { createHmac, timingSafeEqual } from 'node:crypto'

const WINDOW_MS = 120_000
const TAG_BYTES = 16

/** Nonces that every gateway of an installation makes and knows (RFC 9449, section 8): a proof made ahead of time is of no use. */
export interface DpopNonces {
  current(nowMs: number): string
  /** Whether it was made in this window of two minutes or the one before. */
  isCurrent(nonce: string, nowMs: number): boolean
}

export function createDpopNonces(key: Buffer): DpopNonces {
  const made = new Map<number, string>()
  const nonceOf = (window: number): string => {
    const known = made.get(window)
    if (known !== undefined) return known
    const nonce = createHmac('sha256', key).update(`${window}`).digest().subarray(0, TAG_BYTES).toString('base64url')
    if (made.size > 2) made.clear()
    made.set(window, nonce)
    return nonce
  }
  const isSame = (a: string, b: string): boolean =>
    a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
  return {
    current: (nowMs) => nonceOf(Math.floor(nowMs / WINDOW_MS)),
    isCurrent: (nonce, nowMs) => {
      const window = Math.floor(nowMs / WINDOW_MS)
      return isSame(nonce, nonceOf(window)) || isSame(nonce, nonceOf(window - 1))
    },
  }
}
