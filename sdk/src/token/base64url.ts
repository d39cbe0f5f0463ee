/**
 * Decodes base64url in its only canonical form, null for anything else. `Buffer.from` alone also takes padding, the other
 * alphabet, line breaks and stray bits in the last character, so that one token would have many spellings: what does not
 * encode back to the same text was another spelling.
 */
export function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return text !== '' && bytes.toString('base64url') === text ? bytes : null
}
