import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const PREFIX = 'sg_live_'
const SECRET_BYTES = 32
const CHECKSUM_LENGTH = 6
const FORM = /^sg_live_[\w-]{43}[0-9a-z]{6}$/

/** 32 random bytes and a checksum, so that a mistyped or found secret is known as one of ours without asking the database. */
export function createClientSecret(): string {
  const body = PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
  return body + checksumOf(body)
}

export function isClientSecret(text: string): boolean {
  return FORM.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH)
}

/** Last characters, to recognise it by. */
export const secretHint = (secret: string): string => secret.slice(-4)

/** 36^6 is less than 2^32: the highest values lose their first digit, which a checksum can bear. */
const checksumOf = (body: string): string =>
  crc32(body).toString(36).padStart(CHECKSUM_LENGTH, '0').slice(-CHECKSUM_LENGTH)
