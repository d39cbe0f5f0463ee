const ALPHABET = /^[\w-]+$/
/** Last characters that leave no bit over, by how many characters are left after the last four. */
const LAST = [null, '', 'AQgw', 'AEIMQUYcgkosw048'] as const

/**
 * Decodes base64url in its only canonical form, null for anything else. `Buffer.from` alone also takes padding, the other
 * alphabet, line breaks and stray bits in the last character, so that one token would have many spellings.
 */
export function decodeBase64Url(text: string): Buffer | null {
  const last = LAST[text.length & 3]
  if (typeof last === 'string' && !last.includes(text.charAt(text.length - 1))) return null
  return ALPHABET.test(text) ? Buffer.from(text, 'base64url') : null
}
