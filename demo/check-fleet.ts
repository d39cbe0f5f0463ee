/**
 * Looks, as a person would, whether each problem of the demo fleet is visible: `node demo/check-fleet.ts [address] [data
 * folder]`. Uses the management API alone, and waits for at most a minute.
 */
import { resolve } from 'node:path'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { readDemoAccounts } from './setup/demo-accounts.ts'
import { FleetStateFile } from './setup/fleet-state.ts'
import { ManagementClient } from './setup/management-client.ts'

export interface ProblemCheck {
  readonly problem: string
  readonly visible: boolean
  /** What was seen, or what was missing. */
  readonly detail: string
}

const ENVIRONMENT = { environment: 'production' }
const VISIBLE_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 1_000

type Evidence = RouteResponse<'readEvidence'>

async function evidenceOf(
  client: ManagementClient,
  serviceSlug: string,
  method: string,
  route: string,
): Promise<Evidence> {
  const { items } = await client.call('listEndpoints', {
    params: ENVIRONMENT,
    query: { service: [serviceSlug], limit: 500 },
  })
  const endpoint = items.find((candidate) => candidate.method === method && candidate.route === route)
  if (endpoint === undefined) throw new Error(`${method} ${route} of ${serviceSlug} is not in the inventory.`)
  return client.call('readEvidence', { params: { ...ENVIRONMENT, id: endpoint.id }, body: {} })
}

const deniedBy = (evidence: Evidence, name: string) =>
  evidence.callers.find(({ caller, wouldDeny }) => caller.name === name && wouldDeny > 0)

type Look = (client: ManagementClient) => Promise<Omit<ProblemCheck, 'problem'>>

const PROBLEMS: readonly (readonly [string, Look])[] = [
  [
    'a service holds a scope it never uses',
    async (client) => {
      const { items } = await client.call('listGrants', {
        params: ENVIRONMENT,
        query: { clientId: 'notifications', limit: 500 },
      })
      const grant = items.find(({ scope }) => scope === 'refunds:create')
      return { visible: grant?.use === 'unused', detail: `notifications, refunds:create: ${grant?.use ?? 'no grant'}` }
    },
  ],
  [
    'an endpoint requires nothing',
    async (client) => {
      const { attention } = await client.call('getOverview', { params: ENVIRONMENT })
      const found = attention.filter(({ kind }) => kind === 'requires-nothing' || kind === 'no-rule')
      return {
        visible: found.some(({ kind }) => kind === 'requires-nothing') && found.some(({ kind }) => kind === 'no-rule'),
        detail: found.map(({ title }) => title).join('; '),
      }
    },
  ],
  [
    'a legacy caller has no token',
    async (client) => {
      const caller = deniedBy(await evidenceOf(client, 'inventory', 'POST', '/stock/recount'), 'legacy-cron')
      return {
        visible: caller?.caller.kind === 'anonymous',
        detail: `legacy-cron at POST /stock/recount: ${caller?.reasons.map(({ reason }) => reason).join() ?? 'not seen'}`,
      }
    },
  ],
  [
    'a token lives 24 hours',
    async (client) => {
      const { tokenLifetimeSeconds } = await client.call('getIdentity', {
        params: { ...ENVIRONMENT, clientId: 'reporting' },
      })
      const { tokenAges } = await evidenceOf(client, 'orders', 'GET', '/reports/sales')
      const old = tokenAges
        .filter(({ uptoSeconds }) => uptoSeconds === null || uptoSeconds > 3_600)
        .reduce((sum, { count }) => sum + count, 0)
      return {
        visible: tokenLifetimeSeconds === 86_400 && old > 0,
        detail: `reporting: ${String(tokenLifetimeSeconds)} s, ${old.toString()} requests with a token older than an hour`,
      }
    },
  ],
  [
    'two processes share a credential',
    async (client) => {
      const { sharedCredential, workloads } = await client.call('getIdentity', {
        params: { ...ENVIRONMENT, clientId: 'inventory' },
      })
      return {
        visible: sharedCredential && workloads.includes('stock-sync') && workloads.includes('inventory'),
        detail: `inventory: ${workloads.join(', ')}`,
      }
    },
  ],
  [
    'a caller breaks when POST /refunds is enforced',
    async (client) => {
      const caller = deniedBy(await evidenceOf(client, 'payments', 'POST', '/refunds'), 'backoffice')
      const missing = caller?.reasons.flatMap(({ missingScopes }) => missingScopes) ?? []
      return {
        visible: missing.includes('refunds:create'),
        detail: `backoffice: ${caller?.wouldDeny.toString() ?? 'no'} would-be denials, lacks ${missing.join()}`,
      }
    },
  ],
]

/** Looks at all problems once. */
export function checkProblems(client: ManagementClient): Promise<ProblemCheck[]> {
  return Promise.all(
    PROBLEMS.map(async ([problem, look]) => {
      const seen = await look(client).catch((error: unknown) => ({
        visible: false,
        detail: error instanceof Error ? error.message : String(error),
      }))
      return { problem, ...seen }
    }),
  )
}

/** Looks again until everything is visible, or a minute has gone by. */
export async function checkFleet(gatewayUrl: string, dataDir: string): Promise<ProblemCheck[]> {
  const { apiToken } = new FleetStateFile(resolve(dataDir, 'demo')).state
  if (apiToken === null || readDemoAccounts(dataDir).length === 0) throw new Error(`There is no demo in ${dataDir}.`)
  const client = ManagementClient.withToken(gatewayUrl, apiToken)
  const deadline = performance.now() + VISIBLE_WITHIN_MS
  for (;;) {
    const checks = await checkProblems(client)
    if (checks.every(({ visible }) => visible) || performance.now() > deadline) return checks
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }
}

if (import.meta.main) {
  const [address = 'http://127.0.0.1:3000', dataDir = '.stepgate'] = process.argv.slice(2)
  const checks = await checkFleet(address, dataDir)
  for (const { problem, visible, detail } of checks)
    process.stdout.write(`${visible ? '✓' : '✗'} ${problem}\n    ${detail}\n`)
  process.exit(checks.every(({ visible }) => visible) ? 0 : 1)
}
