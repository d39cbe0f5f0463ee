const ALPHABET = /^[\w-]+$/
/** Last characters that leave no bit over, by how many characters are left after the last four. */
const LAST = [null, '', 'AQgw', 'AEIMQUYcgkosw048'] as const

/**
 * Whether it is base64url in its only canonical form. `Buffer.from` also takes padding, the other alphabet, line breaks and
 * stray bits in the last character, so that one token would have many spellings.
 */
const isCanonical = (text: string): boolean => isWholeBytes(text) && ALPHABET.test(text)

function isWholeBytes(text: string): boolean {
  const last = LAST[text.length & 3]
  return typeof last !== 'string' || last.includes(text.charAt(text.length - 1))
}

/** Decodes canonical base64url; null for anything else. */
export const decodeBase64Url = (text: string): Buffer | null =>
  isCanonical(text) ? Buffer.from(text, 'base64url') : null

/**
 * Decodes canonical base64url into memory that is there, and answers how many bytes; null for anything else, and for what does
 * not fit. The text must be ASCII: of other characters Node looks at the last eight bits.
 */
export function decodeAsciiInto(target: Buffer, text: string): number | null {
  if (text === '' || text.length > target.length || !isWholeBytes(text)) return null
  if (text.includes('+') || text.includes('/')) return null
  const length = target.write(text, 'base64url')
  // Whatever else is not of the alphabet is skipped or ends the text: bytes are missing then.
  return length === Math.floor((text.length * 3) / 4) ? length : null
}
