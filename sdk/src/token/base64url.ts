const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ONLY_ALPHABET = /^[A-Za-z0-9_-]+$/

/** The last character of an incomplete group carries bits that stand for nothing; only zero is canonical. */
function hasSpareBits(text: string): boolean {
  const remainder = text.length % 4
  const last = ALPHABET.indexOf(text.charAt(text.length - 1))
  return (remainder === 2 && (last & 0b1111) !== 0) || (remainder === 3 && (last & 0b11) !== 0)
}

/**
 * Decodes base64url in its only canonical form, null for anything else. `Buffer.from` alone also takes padding, the other
 * alphabet, line breaks and stray bits, so that one token would have many spellings.
 */
export function decodeBase64Url(text: string): Buffer | null {
  if (text.length % 4 === 1 || !ONLY_ALPHABET.test(text) || hasSpareBits(text)) return null
  return Buffer.from(text, 'base64url')
}
