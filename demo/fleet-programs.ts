import { join } from 'node:path'
import { CUSTOMER_AUDIENCE } from './setup/caller-plans.ts'
import type { ProgramPlan } from './supervision/fleet-program.ts'

/** Programs that listen, each on a port of its own. */
export const LISTENING = [
  'identity-provider',
  'storefront',
  'orders',
  'payments',
  'inventory',
  'notifications',
  'partner-webhooks',
] as const
export type ListeningName = (typeof LISTENING)[number]

export interface FleetSurroundings {
  /** Where Stepgate answers on this machine. */
  readonly gatewayUrl: string
  /** `iss` of the environment's access tokens. */
  readonly tokenIssuer: string
  /** Public key that services pin. */
  readonly configKey: string
  readonly ports: Readonly<Record<ListeningName, number>>
  readonly credentials: Readonly<Record<string, string>>
  readonly folder: string
  /** Fixes how busy the shop is, for a recording; null follows the time of day. */
  readonly trafficWeight: number | null
}

const urlOf = ({ ports }: FleetSurroundings, name: ListeningName): string =>
  `http://127.0.0.1:${ports[name].toString()}`

export const identityProviderUrl = (fleet: FleetSurroundings): string => urlOf(fleet, 'identity-provider')
export const customersFile = (folder: string): string => join(folder, 'customers.json')
export const providerKeysFile = (folder: string): string => join(folder, 'identity-provider-keys.json')

const peerUrls = (fleet: FleetSurroundings): Record<string, string> => ({
  STOREFRONT_URL: urlOf(fleet, 'storefront'),
  ORDERS_URL: urlOf(fleet, 'orders'),
  PAYMENTS_URL: urlOf(fleet, 'payments'),
  INVENTORY_URL: urlOf(fleet, 'inventory'),
  NOTIFICATIONS_URL: urlOf(fleet, 'notifications'),
  PARTNER_URL: urlOf(fleet, 'partner-webhooks'),
})

const customerSignIn = (fleet: FleetSurroundings): Record<string, string> => ({
  OIDC_ISSUER: identityProviderUrl(fleet),
  OIDC_AUDIENCE: CUSTOMER_AUDIENCE,
  REDIRECT_URI: `${urlOf(fleet, 'storefront')}/signed-in`,
})

/** The settings a service gets with its credential, as the console shows them. */
function stepgateSettings(fleet: FleetSurroundings, clientId: string, workload: string): Record<string, string> {
  return {
    STEPGATE_URL: fleet.gatewayUrl,
    STEPGATE_CLIENT_ID: clientId,
    STEPGATE_CLIENT_SECRET: fleet.credentials[clientId] ?? '',
    STEPGATE_CONFIG_KEY: fleet.configKey,
    STEPGATE_STATE_DIR: join(fleet.folder, 'stepgate', workload),
    STEPGATE_WORKLOAD: workload,
  }
}

const portOf = (fleet: FleetSurroundings, name: ListeningName): Record<string, string> => ({
  PORT: fleet.ports[name].toString(),
})
const healthOf = (fleet: FleetSurroundings, name: ListeningName): string => `${urlOf(fleet, name)}/healthz`

export const planIdentityProvider = (fleet: FleetSurroundings): ProgramPlan => ({
  name: 'identity-provider',
  script: 'identity-provider/server.ts',
  healthUrl: healthOf(fleet, 'identity-provider'),
  environment: {
    ...portOf(fleet, 'identity-provider'),
    ISSUER: identityProviderUrl(fleet),
    AUDIENCE: CUSTOMER_AUDIENCE,
    REDIRECT_URI: customerSignIn(fleet)['REDIRECT_URI'] ?? '',
    CUSTOMERS_FILE: customersFile(fleet.folder),
    KEYS_FILE: providerKeysFile(fleet.folder),
  },
})

const planService = (fleet: FleetSurroundings, name: ListeningName): ProgramPlan => ({
  name,
  script: `services/${name}/server.ts`,
  healthUrl: healthOf(fleet, name),
  environment: {
    ...portOf(fleet, name),
    ...peerUrls(fleet),
    ...customerSignIn(fleet),
    ...stepgateSettings(fleet, name, name),
  },
})

/** Callees before callers. */
export const planServices = (fleet: FleetSurroundings): readonly ProgramPlan[] =>
  (['notifications', 'payments', 'inventory', 'orders', 'storefront'] as const).map((name) => planService(fleet, name))

const tokenClient = (fleet: FleetSurroundings): Record<string, string> => ({
  TOKEN_ENDPOINT: `${fleet.gatewayUrl}/oauth/token`,
  TOKEN_ISSUER: fleet.tokenIssuer,
})
const rhythm = ({ trafficWeight }: FleetSurroundings): Record<string, string> =>
  trafficWeight === null ? {} : { TRAFFIC_WEIGHT: trafficWeight.toString() }

/** Those who call the services. */
export function planCallers(fleet: FleetSurroundings): readonly ProgramPlan[] {
  const { credentials } = fleet
  return [
    {
      name: 'partner-webhooks',
      script: 'callers/partner-webhooks/server.ts',
      healthUrl: healthOf(fleet, 'partner-webhooks'),
      environment: {
        ...portOf(fleet, 'partner-webhooks'),
        ...peerUrls(fleet),
        ...tokenClient(fleet),
        ...rhythm(fleet),
        CLIENT_ID: 'partner-webhooks',
        PRIVATE_KEY: credentials['partner-webhooks'] ?? '',
      },
    },
    {
      name: 'stock-sync',
      script: 'services/stock-sync/sync.ts',
      healthUrl: null,
      // The problem: inventory's own credential, in another program.
      environment: { ...peerUrls(fleet), ...stepgateSettings(fleet, 'inventory', 'stock-sync') },
    },
    {
      name: 'traffic',
      script: 'callers/traffic.ts',
      healthUrl: null,
      environment: {
        ...peerUrls(fleet),
        ...customerSignIn(fleet),
        ...tokenClient(fleet),
        ...rhythm(fleet),
        CUSTOMERS_FILE: customersFile(fleet.folder),
        REPORTING_CLIENT_ID: 'reporting',
        REPORTING_CLIENT_SECRET: credentials['reporting'] ?? '',
        BACKOFFICE_CLIENT_ID: 'backoffice',
        BACKOFFICE_CLIENT_SECRET: credentials['backoffice'] ?? '',
      },
    },
  ]
}
