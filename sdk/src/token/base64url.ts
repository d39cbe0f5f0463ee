const ALPHABET = /^[\w-]+$/
/** Last characters that leave no bit over, by how many characters are left after the last four. */
const LAST = [null, '', 'AQgw', 'AEIMQUYcgkosw048'] as const

/**
 * Whether it is base64url in its only canonical form. `Buffer.from` also takes padding, the other alphabet, line breaks and
 * stray bits in the last character, so that one token would have many spellings.
 */
function isCanonical(text: string): boolean {
  const last = LAST[text.length & 3]
  if (typeof last === 'string' && !last.includes(text.charAt(text.length - 1))) return false
  return ALPHABET.test(text)
}

/** Decodes canonical base64url; null for anything else. */
export const decodeBase64Url = (text: string): Buffer | null =>
  isCanonical(text) ? Buffer.from(text, 'base64url') : null

/** Decodes canonical base64url into memory that is there, and answers how many bytes; null for anything else, and for what does not fit. */
export const decodeBase64UrlInto = (target: Buffer, text: string): number | null =>
  text.length <= target.length && isCanonical(text) ? target.write(text, 'base64url') : null
