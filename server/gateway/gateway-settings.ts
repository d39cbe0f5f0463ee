import type { OidcProvider } from '#lib/control/context.ts'
import type { SecretSource } from '../read-secrets.ts'

/** What the gateway needs to know from its surroundings. */
export interface GatewaySettings {
  /** Port to listen on; 0 picks a free one. */
  readonly port: number
  readonly host: string
  /** Base of every URL that is told to others, such as issuers. */
  readonly publicUrl: string
  /** STEPGATE_SECRET, as it was at the start. */
  readonly secret: string
  readonly secretSource?: SecretSource
  /** What else signing keys may be encrypted with. */
  readonly previousSecretSource?: SecretSource | null
  /** Networks (CIDR) of the proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Null: no port of its own for mutual TLS. */
  readonly tls: TlsSettings | null
  /** Authorities whose client certificates are known by name. */
  readonly clientCaFile: string | null
  /** Networks (CIDR) of the proxies that end mutual TLS and say so in Client-Cert. */
  readonly certificateProxies: readonly string[]
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** Identity provider for signing in to the console; null when there is none. */
  readonly oidc: OidcProvider | null
}

/** The port where mutual TLS ends in the gateway itself. */
export interface TlsSettings {
  readonly port: number
  readonly certificateFile: string
  readonly keyFile: string
  /** URL under which clients reach it. */
  readonly publicUrl: string
}

/** Where the console listens, behind the gateway. */
export type ConsoleTarget = { readonly socketPath: string } | { readonly host: string; readonly port: number }
