/** What tells one device from another, and how much that is worth. */
import { createServer, request as sendHttps } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { httpRequestReader } from '../src/adapters/http-request-reader.ts'
import { InstallationId } from '../src/client/installation-id.ts'
import { DeviceReader } from '../src/context/device-reader.ts'
import { tlsTraitsOf } from '../src/context/tls-traits.ts'
import type { Stepgate } from '../src/index.ts'
import { Caller } from '../src/token/caller.ts'
import type { TokenBinding } from '../src/sender/token-binding.ts'
import type { VerifiedToken } from '../src/token/verify-token.ts'
import { ContextHarness, endpoint, type AskedRequest } from './context-harness.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect } from './fixtures.ts'
import { HTTP_KIND } from './adapters/http-services.ts'
import type { RunningService } from './adapters/service-kind.ts'
import { waitFor } from './wait-for.ts'

const CHROME = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'accept-language': 'de-CH,de;q=0.9',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'sec-ch-ua': '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
}

type Headers = Readonly<Record<string, string>>
const knownDevice: ParsedRule = { access: 'token', requirements: [{ kind: 'known-device' }] }
const INSTANCE = '5f0c6a2e-instance-a'

const deviceOf = (caller: Caller, headers: Headers, reader = new DeviceReader()): string | null =>
  reader.read(caller, { headers } as never, httpRequestReader)?.id ?? null

function callerOf(
  callerKind: 'service' | 'integration' | 'user',
  problem: VerifiedToken['problem'] = null,
  binding: TokenBinding | null = null,
): Caller {
  const claims = {
    issuer: 'i',
    subject: 's',
    audience: 'a',
    issuedAtSeconds: 0,
    validFromSeconds: 0,
    expiresAtSeconds: 9e12,
    tokenId: null,
    actors: [],
  }
  const principal = { callerKind, caller: 'billing', callerKey: 'billing', clientId: 'billing' }
  return new Caller('x', { problem, token: { claims, issuer: claims.issuer, principal, scopes: [], binding } }, null)
}

describe('a device', () => {
  it('is a fingerprint of the headers that stay, for want of something better', () => {
    const fingerprint = deviceOf(callerOf('user'), CHROME)
    expect(fingerprint).toMatch(/^fp:[\w-]{22}$/)
    expect(deviceOf(callerOf('service'), { ...CHROME, cookie: 'a=b', accept: '*/*' })).toBe(fingerprint)
    expect(deviceOf(callerOf('user'), { ...CHROME, 'accept-language': 'fr' })).not.toBe(fingerprint)
    expect(deviceOf(callerOf('user'), { ...CHROME, 'sec-ch-ua-platform': '"Windows"' })).not.toBe(fingerprint)
  })

  it('stays the same when a browser updates itself', () => {
    const updated = {
      ...CHROME,
      'user-agent': CHROME['user-agent'].replace('142.0.0.0', '150.0.7390.12'),
      'sec-ch-ua': '"Not?A_Brand";v="8", "Google Chrome";v="150", "Chromium";v="150"',
    }
    expect(deviceOf(callerOf('user'), updated)).toBe(deviceOf(callerOf('user'), CHROME))
  })

  it('is nothing where nothing tells it apart', () => {
    expect(deviceOf(callerOf('user'), {})).toBeNull()
  })

  it.each(['service', 'integration'] as const)('is what a %s with a valid token says of its installation', (kind) => {
    expect(deviceOf(callerOf(kind), { ...CHROME, 'stepgate-instance-id': INSTANCE })).toBe(`instance:${INSTANCE}`)
  })

  it.each([
    ['a user', callerOf('user'), INSTANCE],
    ['a service without a valid token', callerOf('service', 'token-expired'), INSTANCE],
    ['a service that says something else', callerOf('service'), 'short'],
    ['a service that says several', callerOf('service'), `${INSTANCE}, ${INSTANCE}`],
  ])('is not what %s says', (_, caller, instance) => {
    expect(deviceOf(caller, { ...CHROME, 'stepgate-instance-id': instance })).toBe(deviceOf(caller, CHROME))
  })

  it('is a key whose possession was proven, and not one that was only claimed', () => {
    const caller = callerOf('service', null, { kind: 'dpop', thumbprint: 'thumbprint' })
    expect(deviceOf(caller, CHROME)).toMatch(/^fp:/)
    Object.assign(caller.facts, { sender: 'dpop' })
    expect(deviceOf(caller, { ...CHROME, 'stepgate-instance-id': INSTANCE })).toBe('key:thumbprint')
  })

  it('follows the requests of one token from one device to the next and back', () => {
    const [caller, reader] = [callerOf('service'), new DeviceReader()]
    const other = { ...CHROME, 'accept-language': 'fr' }
    const seen = [CHROME, other, { ...CHROME, 'stepgate-instance-id': INSTANCE }, CHROME, {}, CHROME].map((headers) =>
      deviceOf(caller, headers, reader),
    )
    const [chrome, french] = [deviceOf(caller, CHROME), deviceOf(caller, other)]
    expect(seen).toEqual([chrome, french, `instance:${INSTANCE}`, chrome, null, chrome])
  })
})

describe('a rule that asks for a known device', () => {
  const enforced = [endpoint('GET /orders', 'enforce', knownDevice)]
  const reasonOf = (harness: ContextHarness, request: AskedRequest): string | undefined => {
    const { refusal } = harness.ask('/orders', request)
    return refusal === null ? undefined : String(refusal.status)
  }

  it('lets a caller use the devices that were accepted for it, and no other caller those', () => {
    const devices = [`instance:${INSTANCE}`]
    const harness = new ContextHarness({}, { endpoints: enforced, knownDevices: [{ caller: 'billing', devices }] })
    const headers = { 'stepgate-instance-id': INSTANCE }
    const asked = (client_id: string, sent: Headers) =>
      reasonOf(harness, { token: harness.plane.issueToken({ client_id }), headers: sent })
    expect([
      asked('billing', headers),
      asked('billing', CHROME),
      asked('billing', {}),
      asked('shipping', headers),
    ]).toEqual([undefined, '403', '403', '403'])
    const [denied] = harness.report()
    expect(denied?.signature).toMatchObject({ reason: 'device-not-allowed', context: { device: 'new' } })
  })

  it('names the device in the samples, for somebody to accept it', () => {
    const harness = new ContextHarness({}, { endpoints: enforced })
    const token = harness.plane.issueToken()
    harness.ask('/orders', { token, headers: { 'stepgate-instance-id': INSTANCE } })
    const [first] = harness.report()
    expect(first?.samples[0]?.device).toBe(`instance:${INSTANCE}`)
    const { device = null } = first?.samples[0] ?? {}
    harness.publish({ knownDevices: [{ caller: 'billing', devices: [String(device)] }] })
    expect(reasonOf(harness, { token, headers: { 'stepgate-instance-id': INSTANCE } })).toBeUndefined()
    expect(harness.report()[0]?.signature.context?.device).toBe('known')
  })

  it('tells nothing of devices where nobody asks', () => {
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'enforce')] })
    harness.ask('/orders', { headers: CHROME })
    expect(harness.report()[0]).toMatchObject({ signature: { context: null }, samples: [{ device: null }] })
  })
})

describe('InstallationId', () => {
  it('stays the same in one folder, and is made once by processes that start together', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepgate-installation-'))
    const ids = Array.from({ length: 5 }, () => new InstallationId(join(folder, 'state'), 'orders', 'w'))
    const answers = await Promise.all(ids.map((id) => id.get()))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^[\w-]{16,64}$/)
    expect(await new InstallationId(join(folder, 'state'), 'orders', 'w').get()).toBe(answers[0])
    expect(statSync(join(folder, 'state/stepgate-orders.instance')).mode & 0o777).toBe(0o600)
    rmSync(folder, { recursive: true })
  })

  it('follows from names where there is no folder, or none that can be written', async () => {
    const [one, again, other, unwritable] = await Promise.all([
      new InstallationId(null, 'orders', 'w').get(),
      new InstallationId(null, 'orders', 'w').get(),
      new InstallationId(null, 'orders', 'other').get(),
      new InstallationId('/dev/null/state', 'orders', 'w').get(),
    ])
    expect([one === again, one === other, one === unwritable]).toEqual([true, false, true])
  })
})

describe('stepgate.fetch', () => {
  const plane = new TestControlPlane([endpoint('GET /orders', 'enforce', knownDevice)])
  let stepgate: Stepgate
  let service: RunningService

  beforeAll(async () => {
    await plane.start()
    stepgate = connect(plane)
    service = await HTTP_KIND.start(stepgate, [{ method: 'GET', path: '/orders' }])
    await waitFor('the configuration', () => stepgate.status().state === 'fresh')
  })
  afterAll(async () => {
    await stepgate.close()
    await service.close()
    await plane.kill()
  })

  it('says which installation calls, so that it can be accepted', async () => {
    const call = (): Promise<Response> =>
      stepgate.fetch(`http://127.0.0.1:${String(service.port)}/orders`, { audience: 'orders' })
    expect((await call()).status).toBe(403)
    await waitFor('the sample', () => plane.samples.length > 0)
    const { device } = plane.samples[0]!
    expect(device).toMatch(/^instance:/)
    plane.publish({ knownDevices: [{ caller: 'orders', devices: [String(device)] }] })
    await waitFor('the next revision', () => stepgate.status().revision === plane.snapshot.revision)
    expect((await call()).status).toBe(200)
  })
})

describe('where TLS ends in this process', () => {
  /** Without a certificate: a key that both sides have. */
  const psk = { identity: 'tests', psk: Buffer.alloc(32, 7) }
  const ciphers = 'PSK'
  const traits: string[] = []
  const server = createServer({ ciphers, maxVersion: 'TLSv1.2', pskCallback: () => psk.psk }, (request, response) => {
    traits.push(tlsTraitsOf(request.socket))
    response.end()
  })
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(() => server.close())

  const call = async (cipher: string): Promise<void> => {
    const { port } = server.address() as AddressInfo // it listens on a port
    const options: ConnectionOptions = {
      ciphers: cipher,
      maxVersion: 'TLSv1.2',
      pskCallback: () => psk,
      checkServerIdentity: () => undefined,
    }
    const request = sendHttps({ port, agent: false, ...options })
    const [response] = (await once(request.end(), 'response')) as [{ resume(): void }]
    response.resume()
  }

  it('takes what was negotiated into account', async () => {
    await call('PSK-AES256-GCM-SHA384')
    await call('PSK-AES128-GCM-SHA256')
    await call('PSK-AES256-GCM-SHA384')
    expect(traits[0]).toContain('TLSv1.2 PSK-AES256-GCM-SHA384')
    expect([traits[2] === traits[0], traits[1] === traits[0]]).toEqual([true, false])
    const reader = (tls: number) =>
      new DeviceReader().read(
        callerOf('user'),
        {
          headers: CHROME,
          socket: {
            encrypted: true,
            getProtocol: () => `TLSv${String(tls)}`,
            getCipher: () => ({ name: 'c' }),
            alpnProtocol: false,
          },
        } as never,
        httpRequestReader,
      )
    expect(reader(1.2)?.id).not.toBe(reader(1.3)?.id)
  })

  it('says nothing of a plain connection', () => {
    expect([tlsTraitsOf(undefined), tlsTraitsOf({} as never)]).toEqual(['', ''])
  })
})
