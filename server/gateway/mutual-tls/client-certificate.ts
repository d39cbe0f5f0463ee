import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { certificateThumbprint } from '#lib/control/credential/certificate-thumbprint.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { IsTrustedProxy } from '../http/client-address.ts'
import { parseCertificateHeaders } from './certificate-headers.ts'
import { isVouchedFor } from './certificate-path.ts'

/** What the client of a connection proved to hold the key of. */
export interface ClientCertificate {
  readonly x509: X509Certificate
  /** `x5t#S256` (RFC 8705, section 3.1). */
  readonly thumbprint: string
  /** One of the authorities of STEPGATE_CLIENT_CA issued it, perhaps through others. */
  readonly isVouchedFor: boolean
}

/** Null where the client showed none. Throws `invalid_request` for a certificate in a header of somebody who may not speak for others. */
export type ReadClientCertificate = (request: IncomingMessage) => ClientCertificate | null

export interface CertificateTrust {
  /** Whether a peer ends mutual TLS for others and says so in `Client-Cert` (RFC 9440). */
  readonly isCertificateProxy: IsTrustedProxy
  readonly authorities: readonly X509Certificate[]
}

export function createCertificateReader({ isCertificateProxy, authorities }: CertificateTrust): ReadClientCertificate {
  const bySocket = new WeakMap<TLSSocket, ClientCertificate | null>()

  const readSocket = (socket: TLSSocket): ClientCertificate | null => {
    const known = bySocket.get(socket)
    if (known !== undefined) return known
    const x509 = socket.getPeerX509Certificate() ?? null
    const certificate = x509 && toClientCertificate(x509, socket.authorized)
    bySocket.set(socket, certificate)
    return certificate
  }

  return ({ socket, headers }) => {
    const shown = parseCertificateHeaders(headers)
    if (shown === null) return socket instanceof TLSSocket ? readSocket(socket) : null
    if (!isCertificateProxy(plainAddress(socket.remoteAddress)))
      throw new TokenError(
        'invalid_request',
        'Client-Cert is taken from the proxies of STEPGATE_CERTIFICATE_PROXIES only.',
      )
    return toClientCertificate(shown.certificate, isVouchedFor(shown.certificate, shown.chain, authorities, new Date()))
  }
}

const toClientCertificate = (x509: X509Certificate, isVouchedFor: boolean): ClientCertificate => ({
  x509,
  thumbprint: certificateThumbprint(x509.raw),
  isVouchedFor,
})

const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=[\d.]+$)/, '')
