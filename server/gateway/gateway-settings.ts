import type { OidcProvider } from '#lib/control/context.ts'

/** What the gateway needs to know from its surroundings. */
export interface GatewaySettings {
  /** Port to listen on; 0 picks a free one. */
  readonly port: number
  readonly host: string
  /** Base of every URL that is told to others, such as issuers. */
  readonly publicUrl: string
  /** STEPGATE_SECRET. */
  readonly secret: string
  /** Networks (CIDR) of the proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** Identity provider for signing in to the console; null when there is none. */
  readonly oidc: OidcProvider | null
}

/** Where the console listens, behind the gateway. */
export type ConsoleTarget = { readonly socketPath: string } | { readonly host: string; readonly port: number }
