import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { sha256 } from '../sha256.ts'

const HEADER_LENGTH_MAX = 16_384
/** RFC 9440, section 2.1: a byte sequence and nothing else. Two of them would be joined by a comma. */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/

/** By connection, as the handshake that proved possession of the key is over by the time of the first request. */
const thumbprints = new WeakMap<Socket, string>()

/**
 * SHA-256 thumbprint of the certificate the other end of this connection proved to hold; null without TLS that ends here, and
 * where none was asked for or given. Who issued it does not matter (RFC 8705, section 3): the token names this one.
 */
export function connectionThumbprint(socket: Socket | undefined): string | null {
  const known = socket === undefined ? undefined : thumbprints.get(socket)
  if (known !== undefined) return known
  const secure = socket as Partial<TLSSocket> | undefined // a plain socket lacks the method, and so do proxies of HTTP/2 over one
  if (socket === undefined || typeof secure?.getPeerX509Certificate !== 'function') return null
  const certificate = secure.getPeerX509Certificate()
  if (certificate === undefined) return null
  const thumbprint = sha256(certificate.raw)
  thumbprints.set(socket, thumbprint)
  // A server may ask again on the same connection, and be shown another certificate.
  socket.once('secure', () => thumbprints.delete(socket))
  return thumbprint
}

/** Thumbprint of the certificate a proxy says the caller proved to hold (`Client-Cert`, RFC 9440); null when it says none. */
export function forwardedThumbprint(header: string | undefined): string | null {
  if (header === undefined || header.length > HEADER_LENGTH_MAX) return null
  const [, encoded] = BYTE_SEQUENCE.exec(header.trim()) ?? []
  return encoded === undefined ? null : sha256(Buffer.from(encoded, 'base64'))
}
