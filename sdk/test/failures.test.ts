/** What the middleware does when the control plane is away, slow, wrong or hostile: each row of its failure table. */
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createStepgate, type SecurityCode, type Stepgate, type StepgateOptions } from '../src/index.ts'
import { guard } from '../src/node-http.ts'
import { CLIENT_SECRET, TestControlPlane, type Fault } from './control-plane.ts'
import { bearer, connect, endpoint, sendRaw, silentLogger, type RawAnswer } from './fixtures.ts'
import { makeConfigKey, signSnapshot } from './signing.ts'
import { waitFor } from './wait-for.ts'
import { serializeSnapshot } from '../../lib/policy/serialize-snapshot.ts'
import type { AddressInfo } from 'node:net'

interface Service {
  readonly stepgate: Stepgate
  readonly security: SecurityCode[]
  readonly failures: string[]
  request(token?: string): Promise<RawAnswer>
}

interface Scene {
  readonly plane: TestControlPlane
  /** Starts a service that is connected to the plane. Ends with the test. */
  readonly harness: (options?: StepgateOptions) => Promise<Service>
}

async function startService(stepgate: Stepgate, cleanUps: (() => Promise<unknown>)[]): Promise<Service> {
  const security: SecurityCode[] = []
  const failures: string[] = []
  stepgate.on('security', ({ code }) => security.push(code))
  stepgate.on('error', ({ code }) => failures.push(code))
  const handler = guard(stepgate, 'GET', '/orders', (_request, response) => response.end('{}'))
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  cleanUps.push(async () => {
    server.close()
    await stepgate.close()
  })
  await stepgate.started
  return {
    stepgate,
    security,
    failures,
    request: (token) => sendRaw(port, 'GET', '/orders', token === undefined ? {} : bearer(token)),
  }
}

/** Each test has a control plane of its own, so that all of them wait at the same time. */
const it = test.extend<Scene>({
  plane: async ({}, use) => {
    const plane = await new TestControlPlane([endpoint('GET /orders', 'enforce')]).start()
    await use(plane)
    await plane.kill()
  },
  harness: async ({ plane }, use) => {
    const cleanUps: (() => Promise<unknown>)[] = []
    await use((options = {}) => startService(connect(plane, options), cleanUps))
    plane.fault = null
    await Promise.all(cleanUps.map((cleanUp) => cleanUp()))
  },
})

const onConfig =
  (answer: Fault): Fault =>
  (request, response, route) =>
    route === 'GET /v1/config' && answer(request, response, route)

const answering = (status: number, body = '<html>', headers: Record<string, string> = {}): Fault =>
  onConfig((_request, response) => {
    response.writeHead(status, headers).end(body)
    return true
  })

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'stepgate-sdk-'))

describe.concurrent('without a configuration', () => {
  it('answers 503 with Retry-After, is not ready, and the process stays up', async ({ plane, harness }) => {
    await plane.kill()
    const { stepgate, request } = await harness()
    const answer = await request(plane.issueToken())
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) as unknown } })
    expect(stepgate.ready()).toBe(false)
    expect(stepgate.status()).toMatchObject({ state: 'closed', revision: null, epoch: null, ageSeconds: null })
  })

  it('opens by itself when the control plane comes', async ({ plane, harness }) => {
    await plane.kill()
    const { stepgate, request } = await harness()
    await plane.start()
    await waitFor('the configuration', () => stepgate.ready())
    expect((await request(plane.issueToken())).status).toBe(200)
    expect((await request()).status).toBe(401)
  })
})

describe.concurrent('tells why there is no configuration', () => {
  interface Told {
    readonly messages: string[]
    readonly lastError: string | null
  }
  async function tell(plane: TestControlPlane, options: StepgateOptions = {}): Promise<Told> {
    const messages: string[] = []
    const stepgate = connect(plane, options)
    stepgate.on('error', ({ code, message }) => messages.push(`${code}: ${message}`))
    stepgate.on('security', ({ code, message }) => messages.push(`${code}: ${message}`))
    await stepgate.started
    const { lastError } = stepgate.status()
    await stepgate.close()
    return { messages, lastError }
  }
  const CLOSED = 'without a configuration guarded routes answer 503'

  it('names the cause and the address when nobody is there', async ({ plane }) => {
    await plane.kill()
    const { messages, lastError } = await tell(plane, { url: `${plane.url}/some/path` })
    expect(lastError).toBe(`ECONNREFUSED (${plane.url})`)
    expect(messages).toContain(
      `poll-failed: the configuration cannot be polled: ECONNREFUSED (${plane.url}); ${CLOSED}`,
    )
  })

  it('names a host that does not exist', async ({ plane }) => {
    const { lastError } = await tell(plane, { url: 'http://stepgate.invalid' })
    expect(lastError).toMatch(/^(ENOTFOUND|EAI_AGAIN) \(http:\/\/stepgate\.invalid\)$/)
  })

  it('names a connection that speaks no TLS', async ({ plane }) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { lastError } = await tell(plane, { url: `https://127.0.0.1:${String(port)}` })
    server.close()
    expect(lastError).toMatch(/^(EPROTO|ERR_SSL_\w+) \(https:\/\/127\.0\.0\.1:\d+\)$/)
  })

  it('tells an outage from a refusal where another service answers', async ({ plane }) => {
    plane.fault = (_request, response) => Boolean(response.writeHead(404).end('<html>default backend</html>'))
    const { messages, lastError } = await tell(plane)
    expect(lastError).toBe(`status 404, HTML (${plane.url})`)
    expect(messages.join()).toContain('poll-failed')
    expect(messages.join()).not.toContain('credential-refused')
  })

  it('says what the token endpoint said about the credential', async ({ plane }) => {
    const description = 'The client is not known, or its credential is wrong.'
    plane.fault = (_request, response, route) =>
      route === 'POST /oauth/token' &&
      Boolean(response.writeHead(401).end(JSON.stringify({ error: 'invalid_client', error_description: description })))
    const { messages, lastError } = await tell(plane)
    expect(lastError).toBe(`invalid_client: ${description} (${plane.url})`)
    expect(messages).toContain(
      `credential-refused: the control plane refuses this service's credential: ${lastError ?? ''}; ${CLOSED}`,
    )
  })
})

describe.concurrent('with a copy on disk', () => {
  async function fillDisk(harness: Scene['harness'], stateDir: string): Promise<void> {
    const { stepgate } = await harness({ stateDir })
    await waitFor('the copy', () => readdirSync(stateDir).some((name) => name.endsWith('.snapshot')))
    await stepgate.close()
  }
  const copyIn = (stateDir: string): string => join(stateDir, readdirSync(stateDir)[0] ?? '')

  it('starts from it while the control plane is away, as static', async ({ plane, harness }) => {
    const stateDir = temporaryFolder()
    await fillDisk(harness, stateDir)
    await plane.kill()
    const { stepgate, request } = await harness({ stateDir })
    expect(stepgate.status()).toMatchObject({ state: 'static', revision: plane.snapshot.revision })
    expect((await request(plane.issueToken())).status).toBe(200)
    expect((await request()).status).toBe(401)
  })

  it('becomes fresh when the control plane confirms it', async ({ harness }) => {
    const stateDir = temporaryFolder()
    await fillDisk(harness, stateDir)
    const { stepgate } = await harness({ stateDir })
    await waitFor('the confirmation', () => stepgate.status().state === 'fresh')
  })

  it('keeps it readable by the owner only', async ({ harness }) => {
    const stateDir = temporaryFolder()
    await fillDisk(harness, stateDir)
    expect(statSync(copyIn(stateDir)).mode & 0o777).toBe(0o600)
  })

  it('proves it again: a copy that was changed is not used', async ({ plane, harness }) => {
    const stateDir = temporaryFolder()
    await fillDisk(harness, stateDir)
    const file = copyIn(stateDir)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"mode":"enforce"', '"mode":"off"    '))
    await plane.kill()
    const { stepgate, request, security } = await harness({ stateDir })
    expect(stepgate.status().state).toBe('closed')
    expect((await request(plane.issueToken())).status).toBe(503)
    expect(security).toContain('snapshot-unsigned')
  })

  it('refuses an older configuration than the one on disk', async ({ plane, harness }) => {
    const stateDir = temporaryFolder()
    plane.publish({ revision: 9 })
    await fillDisk(harness, stateDir)
    plane.publish({ revision: 8 })
    const { stepgate, security } = await harness({ stateDir })
    await waitFor('the security event', () => security.includes('snapshot-older'))
    expect(stepgate.status().revision).toBe(9)
  })

  it('runs from memory where nothing can be written, and says so', async ({ plane, harness }) => {
    const blocked = join(temporaryFolder(), 'file')
    writeFileSync(blocked, '')
    const { stepgate, failures, request } = await harness({ stateDir: join(blocked, 'folder') })
    await waitFor('the warning', () => failures.includes('disk-unwritable'))
    expect(stepgate.status().state).toBe('fresh')
    expect((await request(plane.issueToken())).status).toBe(200)
  })
})

describe.concurrent('with a control plane that fails', () => {
  const truncated = (plane: TestControlPlane): Fault =>
    onConfig((_request, response) => {
      response.writeHead(200, { 'content-length': '100000', 'stepgate-signature': plane.signed.signature })
      response.write(plane.signed.body.subarray(0, 100))
      setTimeout(() => response.destroy(), 10)
      return true
    })
  const faults: readonly (readonly [name: string, fault: (plane: TestControlPlane) => Fault])[] = [
    ...[400, 404, 409, 410, 413, 418, 429, 500, 502, 503, 504].map(
      (status) => [`status ${String(status)}`, () => answering(status)] as const,
    ),
    ['a redirect', () => answering(302, '', { location: 'http://127.0.0.1:1/' })],
    ['HTML with status 200', () => answering(200)],
    ['an unsigned configuration', (plane) => answering(200, plane.signed.body.toString())],
    ['a reset connection', () => onConfig((request) => Boolean(request.socket.destroy()))],
    ['a body that is cut off', truncated],
    ['an unknown encoding', () => answering(200, 'x', { 'content-encoding': 'br' })],
    [
      'a body that unpacks beyond all bounds',
      () =>
        onConfig((_request, response) =>
          Boolean(response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000)))),
        ),
    ],
    [
      'too large a body',
      () => onConfig((_request, response) => Boolean(response.writeHead(200).end(Buffer.alloc(9_000_000)))),
    ],
    ['a 304 that nobody asked for', () => answering(304)],
    [
      'no tokens',
      () => (_request, response, route) => route === 'POST /oauth/token' && Boolean(response.writeHead(500).end()),
    ],
  ]

  it.for(faults)('keeps deciding through %s and recovers', async ([name, fault], { plane, harness }) => {
    const { stepgate, request } = await harness()
    const { revision } = stepgate.status()
    plane.fault = fault(plane)
    if (name === 'no tokens') await plane.kill().then(() => plane.start())
    plane.release()
    plane.publish({})
    expect((await request(plane.issueToken())).status).toBe(200)
    expect((await request()).status).toBe(401)
    if (name !== 'a 304 that nobody asked for' && name !== 'no tokens')
      await waitFor('the failure to be noticed', () => stepgate.status().state === 'stale')
    // Polls with the token it still has may succeed while new tokens are refused.
    if (name !== 'no tokens') expect(stepgate.status().revision).toBe(revision)
    plane.fault = null
    await waitFor(
      'the recovery',
      () => stepgate.status().state === 'fresh' && stepgate.status().revision === plane.snapshot.revision,
    )
    expect(plane.concurrentPollsMax).toBe(1)
  })

  it('gives up on a first answer that drips in', { timeout: 30_000 }, async ({ plane, harness }) => {
    const timers: NodeJS.Timeout[] = []
    plane.fault = onConfig((_request, response) => {
      response.writeHead(200)
      timers.push(setInterval(() => response.write(' '), 100))
      return true
    })
    const { stepgate } = await harness()
    expect(stepgate.status()).toMatchObject({
      state: 'closed',
      lastError: expect.stringContaining('no whole answer within') as unknown,
    })
    timers.forEach((timer) => clearInterval(timer))
  })

  it.for([401, 403])('keeps enforcing and raises the alarm at status %d', async (status, { plane, harness }) => {
    const { stepgate, security, request } = await harness()
    plane.fault = answering(status, '{}')
    plane.publish({})
    await waitFor('the alarm', () => security.includes('credential-refused'))
    expect(stepgate.status().state).toBe('stale')
    expect((await request(plane.issueToken())).status).toBe(200)
    expect((await request()).status).toBe(401)
  })

  it('takes a page at the address of the control plane for an outage, not for a refusal', async ({
    plane,
    harness,
  }) => {
    const { stepgate, security, failures } = await harness()
    plane.fault = (_request, response) => Boolean(response.writeHead(403).end('<html>'))
    plane.publish({})
    await waitFor('the failure', () => failures.includes('poll-failed'))
    plane.fault = null
    await waitFor('the recovery', () => stepgate.status().revision === plane.snapshot.revision)
    expect(security).toEqual([])
  })

  it.for<[number, string]>([
    [200, '<html>'],
    [200, '{}'],
    [400, '<html>'],
    [404, '<html>'],
  ])(
    'keeps decisions that are answered with %d %s, and reports them later',
    async ([status, body], { plane, harness }) => {
      plane.publish({ report: { intervalSeconds: 1, samplesPerSignature: 1 } })
      const { stepgate, request } = await harness()
      let refused = 0
      plane.fault = (_request, response, route) => {
        if (route !== 'POST /v1/decisions') return false
        refused++
        return Boolean(response.writeHead(status).end(body))
      }
      await request()
      await waitFor('the report', () => refused > 0)
      expect(stepgate.status()).toMatchObject({ stored: 0, dropped: { denied: 0 } })
      plane.fault = null
      await waitFor('the receipt', () => stepgate.status().stored === 1)
    },
  )

  it('asks for a new token when its own is refused', async ({ plane, harness }) => {
    const { stepgate } = await harness()
    const before = plane.tokenRequests.length
    let isRefused = false
    plane.fault = onConfig((_request, response) => {
      if (isRefused) return false
      isRefused = true
      return Boolean(response.writeHead(401).end())
    })
    const { revision } = plane.publish({})
    await waitFor('the new configuration', () => stepgate.status().revision === revision)
    expect(plane.tokenRequests.length).toBe(before + 1)
  })
})

describe.concurrent('with a hostile or confused control plane', () => {
  const serve = (
    plane: TestControlPlane,
    change: Parameters<TestControlPlane['makeSnapshot']>[0],
    key = plane.configKey,
    header: object = {},
  ): void => {
    const body = Buffer.from(serializeSnapshot({ ...plane.snapshot, ...change }))
    plane.serve(body, signSnapshot(key, body, header))
  }
  const open = [endpoint('GET /orders', 'off')]
  const attacks: readonly (readonly [name: string, code: SecurityCode, attack: (plane: TestControlPlane) => void])[] = [
    ['an older revision', 'snapshot-older', (plane) => serve(plane, { revision: 1, endpoints: open })],
    ['the same revision with other content', 'snapshot-conflict', (plane) => serve(plane, { endpoints: open })],
    [
      'the configuration of another service',
      'snapshot-foreign',
      (plane) => serve(plane, { revision: 99, service: 'payments', endpoints: open }),
    ],
    ['another key', 'snapshot-unsigned', (plane) => serve(plane, { revision: 99, endpoints: open }, makeConfigKey())],
    [
      'another key under the name of the pinned one',
      'snapshot-unsigned',
      (plane) => serve(plane, { revision: 99, endpoints: open }, { ...makeConfigKey(), keyId: plane.configKey.keyId }),
    ],
    [
      'another type of signature',
      'snapshot-unsigned',
      (plane) => serve(plane, { revision: 99, endpoints: open }, plane.configKey, { typ: 'at+jwt' }),
    ],
    [
      'an encoded payload',
      'snapshot-unsigned',
      (plane) => serve(plane, { revision: 99, endpoints: open }, plane.configKey, { b64: true }),
    ],
    [
      'more critical headers',
      'snapshot-unsigned',
      (plane) => serve(plane, { revision: 99, endpoints: open }, plane.configKey, { crit: ['b64', 'exp'] }),
    ],
    [
      'no signature',
      'snapshot-unsigned',
      (plane) => plane.serve(Buffer.from(serializeSnapshot({ ...plane.snapshot, revision: 99, endpoints: open })), ''),
    ],
    [
      'the signature of other bytes',
      'snapshot-unsigned',
      (plane) =>
        plane.serve(
          Buffer.from(serializeSnapshot({ ...plane.snapshot, revision: 99, endpoints: open })),
          plane.signed.signature,
        ),
    ],
  ]

  it.for(attacks)('refuses %s', async ([, code, attack], { plane, harness }) => {
    plane.publish({ revision: 7 })
    const { stepgate, security, request } = await harness()
    attack(plane)
    await waitFor('the security event', () => security.includes(code))
    expect(stepgate.status().revision).toBe(7)
    expect((await request()).status).toBe(401)
  })

  it('accepts one of several signatures while keys rotate', async ({ plane, harness }) => {
    const { stepgate } = await harness()
    const body = Buffer.from(serializeSnapshot({ ...plane.snapshot, revision: 20 }))
    plane.serve(body, `${signSnapshot(makeConfigKey(), body)}, ${signSnapshot(plane.configKey, body)}`)
    await waitFor('the configuration', () => stepgate.status().revision === 20)
  })

  it('accepts one of several pins', async ({ plane }) => {
    const stepgate = connect(plane, { configKey: `${makeConfigKey().pin},${plane.configKey.pin}` })
    await stepgate.started
    expect(stepgate.ready()).toBe(true)
    await stepgate.close()
  })

  it('accepts another epoch, and raises the alarm', async ({ plane, harness }) => {
    plane.publish({ revision: 7 })
    const { stepgate, security } = await harness()
    plane.publish({ epoch: 'epoch-2', revision: 1 })
    await waitFor('the configuration', () => stepgate.status().epoch === 'epoch-2')
    expect(security).toEqual(['epoch-changed'])
  })

  it('denies an endpoint with a requirement it does not know', async ({ plane, harness }) => {
    const { stepgate, request } = await harness()
    const { revision } = plane.publish({
      endpoints: [
        {
          ...endpoint('GET /orders', 'enforce'),
          rule: { access: 'token', requirements: [{ kind: 'unknown', statedKind: 'quantum-posture' }] },
        },
      ],
    })
    await waitFor('the configuration', () => stepgate.status().revision === revision)
    expect((await request(plane.issueToken())).status).toBe(403)
  })

  it('applies a good configuration after a bad one was answered under the same ETag', async ({ plane, harness }) => {
    const { stepgate, failures } = await harness()
    const good = { ...plane.snapshot, revision: 30 }
    const bad = Buffer.from(JSON.stringify({ ...good, endpoints: 'none' }))
    let isBad = true
    plane.fault = onConfig((request, response) => {
      const body = isBad ? bad : Buffer.from(serializeSnapshot(good))
      if (request.headers['if-none-match'] === '"same"') return Boolean(response.writeHead(304).end())
      return Boolean(
        response
          .writeHead(200, { etag: '"same"', 'stepgate-signature': signSnapshot(plane.configKey, body) })
          .end(body),
      )
    })
    plane.release()
    await waitFor('the refusal', () => failures.includes('snapshot-invalid'))
    isBad = false
    await waitFor('the good one', () => stepgate.status().revision === 30)
  })
})

it.concurrent('confirms what it applies with the next poll, at once', async ({ plane, harness }) => {
  await harness()
  await waitFor('the confirmation', () => plane.applied.includes(`epoch-1:${String(plane.snapshot.revision)}`))
  expect(plane.polls[0]).toEqual({ ifNoneMatch: undefined, prefer: 'undefined' })
  expect(plane.polls[1]).toEqual({ ifNoneMatch: plane.signed.etag, prefer: 'wait=5' })
})

it.concurrent('shows its secret nowhere', async ({ plane, harness }) => {
  const messages: string[] = []
  const keep = (...line: readonly unknown[]): void => void messages.push(JSON.stringify(line))
  const logger = { warn: keep, error: keep }
  plane.fault = answering(401)
  const { stepgate } = await harness({ logger })
  const { inspect } = await import('node:util')
  expect(
    messages.join() + inspect(stepgate, { depth: 9, showHidden: true }) + JSON.stringify(stepgate.status()),
  ).not.toContain(CLIENT_SECRET)
  expect(messages.length).toBeGreaterThan(0)
})

it.concurrent('names the setting that is missing', () => {
  expect(() =>
    createStepgate({ url: 'http://127.0.0.1:1', clientId: 'orders', clientSecret: 'x', logger: silentLogger }),
  ).toThrow('configKey (STEPGATE_CONFIG_KEY) is missing')
})
