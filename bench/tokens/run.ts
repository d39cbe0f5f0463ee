// Tokens issued and asked about, beside node:http with crypto.sign and beside oidc-provider: npm run bench:tokens -- [issue introspect]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import pg from 'pg'
import { openDatabase } from '#lib/store/database.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { createBenchFleet } from '../gateway/bench-fleet.ts'
import { startProcess, type BenchProcess } from '../processes.ts'
import { median } from '../statistics.ts'
import { clientIdOf, CLIENTS_MAX, createTokenClients, PEER_CLIENTS, secretOf } from './token-clients.ts'

const ROUNDS = 5
const SECONDS = 4
const CONNECTIONS = 16
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

interface Rate {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}
type Requests = readonly {
  readonly path: string
  readonly method: 'POST'
  readonly headers: typeof HEADERS
  readonly body: string
}[]

const toRequests = (path: string, forms: readonly Record<string, string>[]): Requests =>
  forms.map((form) => ({ path, method: 'POST', headers: HEADERS, body: new URLSearchParams(form).toString() }))

const issueForms = (clients: number, resource: string): Record<string, string>[] =>
  Array.from({ length: clients }, (_, index) => ({
    ...{ grant_type: 'client_credentials', client_id: clientIdOf(index), client_secret: secretOf(index) },
    ...{ resource, scope: 'things:read' },
  }))

async function load(server: BenchProcess, requests: Requests): Promise<Rate> {
  const before = await server.readCpu()
  const result = await autocannon({ url: server.url, connections: CONNECTIONS, duration: SECONDS, requests })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were refusals, ${result.errors} none at all`)
  const { total } = result.requests
  return { perSecond: total / result.duration, cpuMicroseconds: ((await server.readCpu()) - before) / total }
}

/** Throws what a server has against the first request, before it is asked thousands of times. */
async function requireAnswer(server: BenchProcess, [first]: Requests): Promise<void> {
  const answer = await fetch(`${server.url}${first?.path ?? ''}`, { ...first })
  if (!answer.ok) throw new Error(`${server.url}${first?.path ?? ''}: ${await answer.text()}`)
}

const { positionals } = parseArgs({ allowPositionals: true })
/** Names on the command line pick parts; without any, all run. */
const isPicked = (name: string): boolean => positionals.length === 0 || positionals.includes(name)

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-'))
const postgres = await startEmbeddedPostgres({ dataDir })
await migrate({ url: postgres.ownerUrl })
const database = openDatabase({ url: postgres.appUrl })
const owner = new pg.Client(postgres.ownerUrl)
await owner.connect()
await owner.query(PEER_CLIENTS)
await owner.end()
await createTokenClients(database, await createBenchFleet(database))
const settings = { BENCH_DATABASE: postgres.appUrl }
const gateway = await startProcess(new URL('../gateway/gateway-server.ts', import.meta.url), settings)
const peer = await startProcess(new URL('oidc-server.ts', import.meta.url), settings)
const bare = await startProcess(new URL('bare-signer.ts', import.meta.url), {})
try {
  if (isPicked('issue')) for (const clients of [100, CLIENTS_MAX]) await compareIssuing(clients)
  if (isPicked('introspect')) await compareIntrospection()
} finally {
  await Promise.all([gateway.stop(), peer.stop(), bare.stop()])
  await database.close()
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function compareIssuing(clients: number): Promise<void> {
  const ours = toRequests('/oauth/token', issueForms(clients, 'service-0'))
  const theirs = toRequests('/token', issueForms(clients, 'urn:service-0'))
  await Promise.all([requireAnswer(gateway, ours), requireAnswer(peer, theirs), requireAnswer(bare, ours)])
  const rounds: { readonly ours: Rate; readonly theirs: Rate; readonly limit: Rate }[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const rates = { limit: await load(bare, ours), ours: await load(gateway, ours), theirs: await load(peer, theirs) }
    if (round > 0) rounds.push(rates) // the first warms all three
  }
  const ratio = (of: 'limit' | 'theirs', what: keyof Rate) =>
    median(
      rounds.map((rates) =>
        what === 'perSecond' ? rates.ours[what] / rates[of][what] : rates[of][what] / rates.ours[what],
      ),
    )
  const rate = (of: 'ours' | 'theirs' | 'limit') => Math.round(median(rounds.map((rates) => rates[of].perSecond)))
  console.log(
    `issued, ${clients} identities`.padEnd(26) +
      `${rate('ours')}/s, bare ${rate('limit')}/s, oidc-provider ${rate('theirs')}/s: ` +
      `${ratio('limit', 'perSecond').toFixed(2)} of bare (goal ≥ 0.5), ${ratio('theirs', 'perSecond').toFixed(2)} × oidc-provider (goal ≥ 2)`,
  )
  console.log(
    'the same, CPU'.padEnd(26) +
      `${ratio('limit', 'cpuMicroseconds').toFixed(2)} of bare, ${ratio('theirs', 'cpuMicroseconds').toFixed(2)} × oidc-provider`,
  )
}

async function compareIntrospection(): Promise<void> {
  const forms = issueForms(100, 'service-0')
  const tokens = await Promise.all(
    forms.map(async (form) => {
      const answer = await fetch(`${gateway.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
      return ((await answer.json()) as { access_token: string }).access_token
    }),
  )
  const asked = forms.map(({ client_id = '', client_secret = '' }, index) => ({
    ...{ client_id, client_secret, token: tokens[index] ?? '' },
  }))
  const [issue, introspect] = [toRequests('/oauth/token', forms), toRequests('/oauth/introspect', asked)]
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const [issued, told] = [await load(gateway, issue), await load(gateway, introspect)]
    if (round === 0) continue
    ratios.push(told.perSecond / issued.perSecond)
    rates.push(told.perSecond)
  }
  console.log(
    'introspected'.padEnd(26) + `${Math.round(median(rates))}/s: ${median(ratios).toFixed(2)} × issued (goal ≥ 3)`,
  )
}
