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

type Environment = Readonly<Record<string, string | undefined>>
type Fail = (option: string, variable: string, problem: string) => never

const SECRET_LENGTH_MIN = 32

const given = (option: string | undefined, variable: string | undefined): string | null => {
  const text = (option ?? variable ?? '').trim()
  return text === '' ? null : text
}

function parsePublicUrl(text: string, fail: Fail): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === null || !isHttp || url.username !== '' || url.password !== '' || url.search !== '')
    return fail('publicUrl', 'STEPGATE_SERVICE_URL', 'must list http or https addresses without credentials and query')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function parseHeader(text: string | null, fail: Fail): boolean {
  if (text !== null && text !== 'client-cert')
    return fail('clientCertHeader', 'STEPGATE_CLIENT_CERT_HEADER', 'can only be client-cert')
  return text !== null
}

/** Calls `fail` for a setting that cannot be used. */
export function parseSenderSettings(options: SenderOptions, env: Environment, fail: Fail): SenderSettings {
  const urls = given(options.publicUrl, env['STEPGATE_SERVICE_URL'])?.split(',') ?? []
  const secret = given(options.dpopNonceSecret, env['STEPGATE_DPOP_NONCE_SECRET'])
  if (secret !== null && secret.length < SECRET_LENGTH_MIN)
    return fail(
      'dpopNonceSecret',
      'STEPGATE_DPOP_NONCE_SECRET',
      `needs at least ${String(SECRET_LENGTH_MIN)} characters`,
    )
  return {
    publicUrls: urls.map((url) => parsePublicUrl(url.trim(), fail)),
    trustsClientCertHeader: parseHeader(given(options.clientCertHeader, env['STEPGATE_CLIENT_CERT_HEADER']), fail),
    dpopNonceSecret: secret,
  }
}
