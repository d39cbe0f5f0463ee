import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** 256 random bits behind a prefix by which people and secret scanners know what it is. */
export const createOpaqueToken = (prefix: 'sgs_' | 'sgp_' | 'sgl_' | 'sgr_'): string =>
  prefix + randomBytes(TOKEN_BYTES).toString('base64url')

/** What is stored of a random token: with 256 random bits a fast hash is enough. */
export const hashOpaqueToken = (token: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(token).digest())
