import type { SettingReader } from '../setting-reader.ts'

/** Settings by which callers prove that a token is their own. */
export interface SenderOptions {
  /**
   * Address under which callers know this service, `https://orders.example.com` (STEPGATE_SERVICE_URL); several,
   * comma-separated. Proofs of possession (DPoP) are compared with it; without it with the host the request names.
   */
  readonly publicUrl?: string
  /**
   * `client-cert`: trusted proxies say in the header `Client-Cert` (RFC 9440) which certificate the caller proved to hold
   * (STEPGATE_CLIENT_CERT_HEADER). They must remove the header when a caller sends it. Default: only connections whose TLS
   * ends in this process count.
   */
  readonly clientCertHeader?: 'client-cert'
  /**
   * Secret of at least 32 characters, the same for all instances (STEPGATE_DPOP_NONCE_SECRET): enforced endpoints then ask for
   * a nonce of this service in each proof (DPoP), which bounds its age by the service's own clock. Default: no nonce is asked for.
   */
  readonly dpopNonceSecret?: string
}

export interface SenderSettings {
  /** Without a slash at the end; none: the host that the request names. */
  readonly publicUrls: readonly string[]
  readonly trustsClientCertHeader: boolean
  readonly dpopNonceSecret: string | null
}

export const SENDER_DEFAULTS: SenderSettings = { publicUrls: [], trustsClientCertHeader: false, dpopNonceSecret: null }

const SECRET_LENGTH_MIN = 32

type Reader = SettingReader<SenderOptions>

function readSecret(reader: Reader): string | null {
  const secret = reader.text('dpopNonceSecret') ?? null
  if (secret !== null && secret.length < SECRET_LENGTH_MIN)
    return reader.fail('dpopNonceSecret', `needs at least ${String(SECRET_LENGTH_MIN)} characters`)
  return secret
}

/** Throws for a setting that cannot be used. */
export const parseSenderSettings = (reader: Reader): SenderSettings => ({
  publicUrls: (reader.text('publicUrl')?.split(',') ?? []).map((url) => reader.toAddress('publicUrl', url.trim())),
  trustsClientCertHeader: reader.oneOf('clientCertHeader', ['client-cert'], null) !== null,
  dpopNonceSecret: readSecret(reader),
})
