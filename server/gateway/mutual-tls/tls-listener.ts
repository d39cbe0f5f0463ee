import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener, ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { TlsSettings } from '../gateway-settings.ts'
import { StartupError } from '../../startup-error.ts'
import { readServerCertificate } from './certificate-files.ts'

const RELOAD_INTERVAL_MS = 60_000

export interface TlsListener {
  readonly port: number
  /** Requests that are being answered end first. */
  close(): Promise<void>
  closeAllConnections(): void
}

interface ListenerOptions {
  readonly settings: TlsSettings
  readonly host: string
  readonly authorities: readonly X509Certificate[]
  readonly http: ServerOptions
  readonly listener: RequestListener
  readonly logger: Logger
}

/**
 * Listens with TLS 1.2 or newer and asks each client for a certificate. Any is taken: whom it authenticates is decided at the token
 * endpoint, and only names need an authority. A certificate that was renewed on disk is used within a minute.
 */
export async function listenWithTls(options: ListenerOptions): Promise<TlsListener> {
  const { settings, host, authorities, http, listener, logger } = options
  let current = readServerCertificate(settings)
  const trust = {
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    // An empty list, not none: none would be the authorities of the public web.
    ca: authorities.map((authority) => authority.toString()),
  } as const
  const server = createServer({ ...http, ...trust, ...current }, listener)
  server.on('tlsClientError', (error) => logger.debug({ err: error }, 'a TLS handshake failed'))

  const reload = (): void => {
    try {
      const fresh = readServerCertificate(settings)
      if (fresh.cert === current.cert && fresh.key === current.key) return
      server.setSecureContext({ ...trust, ...fresh })
      current = fresh
      logger.info('the TLS certificate was renewed')
    } catch (error) {
      logger.error({ err: error }, 'the renewed TLS certificate cannot be used; the one before it stays')
    }
  }
  const timer = setInterval(reload, RELOAD_INTERVAL_MS).unref()
  server.listen(settings.port, host)
  await once(server, 'listening').catch((error: unknown) => {
    clearInterval(timer)
    throw new StartupError(
      `STEPGATE_TLS_PORT ${settings.port} on ${host} cannot be listened on: it is in use, or not allowed.`,
      { cause: error },
    )
  })
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    close: async () => {
      clearInterval(timer)
      server.close()
      server.closeIdleConnections()
      await once(server, 'close')
    },
    closeAllConnections: () => server.closeAllConnections(),
  }
}
