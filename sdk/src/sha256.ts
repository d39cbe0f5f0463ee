import { createHash } from 'node:crypto'

/** SHA-256 in base64url, as thumbprints and hashes of tokens are written (RFC 7638, RFC 8705, RFC 9449). */
export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('base64url')
