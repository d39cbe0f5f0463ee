import { createHash } from 'node:crypto'

/** `x5t#S256` (RFC 8705, section 3.1) of a certificate in DER. */
export const certificateThumbprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url')
