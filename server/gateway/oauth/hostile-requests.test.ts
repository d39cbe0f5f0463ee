/** Whatever is sent to the token endpoints: no answer of the server's own fault, and no secret in an answer or a log line. */
import { Agent, request as sendRequest } from 'node:http'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { SeededRandom } from '../../../sdk/test/seeded-random.ts'
import { createLogger } from '../http/create-logger.ts'
import { startGateway, type Gateway } from '../start-gateway.ts'
import { createFleet, grant, publish, testSettings, type Fleet } from '../testing/gateway-fixture.ts'

const random = new SeededRandom()
const SEED = random.seed
/** Of each endpoint; 100,000 for the long run. */
const REQUESTS = Number(process.env['STEPGATE_HOSTILE_REQUESTS'] ?? 800)
const TIMEOUT_MS = Math.max(60_000, REQUESTS * 20)
const ENDPOINTS = ['token', 'introspect', 'revoke'] as const

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let log = ''
const agent = new Agent({ keepAlive: true, maxSockets: 8 })

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['orders', 'payments'] })
  await grant(database, fleet, 'orders', 'payments', 'payments:read')
  await publish(database, fleet.environmentId)
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      log += chunk.toString()
      done()
    },
  })
  const logger = createLogger('trace', sink)
  gateway = await startGateway({
    settings: testSettings({ trustedProxies: ['127.0.0.1'] }),
    database,
    consoleTarget: null,
    logger,
  })
})
afterAll(async () => {
  agent.destroy()
  await gateway.close()
  await database.close()
})

interface Answer {
  readonly status: number
  readonly body: string
  readonly tookMs: number
}

function send(path: string, headers: Record<string, string>, body: Buffer | null): Promise<Answer> {
  const startedAt = performance.now()
  const method = body === null ? 'GET' : 'POST'
  return new Promise((resolve, reject) => {
    const request = sendRequest(`${gateway.url}${path}`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text, tookMs: performance.now() - startedAt })
      })
    })
    request.on('error', reject).end(body ?? undefined)
  })
}

const NAMES = [
  ...['grant_type', 'client_id', 'client_secret', 'resource', 'audience', 'scope', 'subject_token', 'refresh_token'],
  ...[
    'subject_token_type',
    'client_assertion',
    'client_assertion_type',
    'token',
    'token_type_hint',
    'actor_token',
    '__proto__',
  ],
]

function createForge() {
  const secret = fleet.secrets['orders'] ?? ''
  const jwt = (part: () => string) => `${part()}.${part()}.${part()}`
  const base64 = () =>
    Buffer.from(JSON.stringify({ iss: 'orders', sub: 'orders', alg: 'none', exp: 9e9 })).toString('base64url')
  const values = [
    ...['orders', 'payments', 'stepgate', 'nobody', secret, `${secret}x`, '', ' ', '%00', '\0', '\r\nx: y', 'é', '𝕏'],
    ...['client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange', 'offline_access'],
    ...['urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'urn:ietf:params:oauth:token-type:access_token'],
    ...[
      'payments:read',
      'payments:read payments:read',
      "' OR 1=1 --",
      '{{7*7}}',
      '{"a":1}',
      '[]',
      'null',
      '-1',
      '1e999',
    ],
    ...[
      jwt(base64),
      jwt(() => ''),
      jwt(() => '!'),
      `sgr_${'a'.repeat(43)}`,
      'sgr_',
      'a'.repeat(20_000),
      '../../etc/passwd',
    ],
  ]
  const pick = <Item>(items: readonly Item[]): Item => random.pick(items)
  const valid = {
    grant_type: 'client_credentials',
    client_id: 'orders',
    client_secret: secret,
    resource: 'payments',
    token: 'x',
  }
  const form = (): Buffer => {
    const fields = new URLSearchParams(random.below(3) === 0 ? {} : valid)
    for (let change = random.below(5); change > 0; change--) {
      const [name, value] = [pick(NAMES), pick(values)]
      const how = random.below(4)
      if (how === 0) fields.delete(name)
      else if (how === 1) fields.append(name, value)
      else fields.set(name, value)
    }
    const body = Buffer.from(fields.toString())
    if (random.below(6) === 0 && body.length > 0) body[random.below(body.length)] = random.below(256)
    return body
  }
  const headers = (): Record<string, string> => ({
    'content-type':
      random.below(12) === 0 ? pick(['application/json', 'text/plain', 'x']) : 'application/x-www-form-urlencoded',
    // From many addresses, so that the throttle lets most through.
    'x-forwarded-for': `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    ...(random.below(5) === 0
      ? { authorization: pick(['Basic', 'Basic Og==', 'Basic !', 'Bearer x', `Basic ${btoa('orders:x')}`]) }
      : {}),
    ...(random.below(5) === 0 ? { dpop: pick(['x', jwt(base64), 'a, b', '']) } : {}),
    ...(random.below(8) === 0 ? { 'client-cert': pick([':AAAA:', 'x', '']) } : {}),
    ...(random.below(8) === 0 ? { 'stepgate-workload': pick(['x', 'é'.repeat(3), ' ']) } : {}),
  })
  return { form, headers }
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0

it.each(ENDPOINTS)(
  '/oauth/%s answers each with what is wrong with it',
  async (endpoint) => {
    const forge = createForge()
    const secrets = Object.values(fleet.secrets)
    const statuses = new Map<number, number>()
    const took: number[] = []
    const plain: number[] = []
    const sendPlain = async (): Promise<void> => {
      plain.push((await send('/livez', {}, null)).tookMs)
    }
    const sendOne = async (): Promise<void> => {
      const { status, body, tookMs } = await send(`/oauth/${endpoint}`, forge.headers(), forge.form())
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      took.push(tookMs)
      expect(status, `seed ${SEED}: ${body}`).toBeLessThan(500)
      if (status !== 200) expect(JSON.parse(body), `seed ${SEED}`).toHaveProperty('error')
      expect(
        secrets.some((secret) => body.includes(secret)),
        `seed ${SEED}: ${body}`,
      ).toBe(false)
    }
    for (let sent = 0; sent < REQUESTS; sent += 8)
      await Promise.all([...Array.from({ length: 8 }, sendOne), sendPlain()])
    expect([...statuses.keys()].length).toBeGreaterThan(2)
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0)
    expect(secrets.some((secret) => log.includes(secret))).toBe(false)
    if (process.env['STEPGATE_HOSTILE_REQUESTS'] !== undefined) {
      const [hostileMs, plainMs] = [took, plain].map((times) => quantile(times, 0.99))
      console.log(
        `/oauth/${endpoint}: ${took.length} requests, ${JSON.stringify([...statuses])}, p99 ${hostileMs?.toFixed(1)} ms, ` +
          `of a plain request among them ${plainMs?.toFixed(1)} ms`,
      )
    }
    log = ''
  },
  TIMEOUT_MS,
)
