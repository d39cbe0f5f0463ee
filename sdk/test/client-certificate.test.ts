/** A service that proves itself to its control plane with a certificate (RFC 8705), and renews it while it runs. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTo, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, getCACertificates, setDefaultCACertificates, type Server, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStepgate, type Stepgate, type StepgateOptions } from '../src/index.ts'
import { makeCertificate, type TestCertificate } from './certificates.ts'
import { CLIENT_ID, TestControlPlane } from './control-plane.ts'
import { silentLogger } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

const server = makeCertificate('control-plane')
const [first, second, stranger] = ['first', 'second', 'stranger'].map(makeCertificate) as [
  ...[TestCertificate, TestCertificate, TestCertificate],
]

let folder: string
let plane: TestControlPlane
let front: Server
let stepgate: Stepgate
/** Thumbprints of the certificates that connections were made with. */
let presented: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepgate-certificate-'))
  presented = []
  plane = await new TestControlPlane().start()
  front = createServer(
    { cert: server.certPem, key: server.keyPem, ca: [first.certPem, second.certPem], requestCert: true },
    (inner: TLSSocket) => {
      presented.push(createHash('sha256').update(inner.getPeerCertificate().raw).digest('base64url'))
      const outer = connectTo(Number(new URL(plane.url).port), '127.0.0.1')
      inner.on('error', () => outer.destroy()).on('close', () => outer.destroy())
      outer.on('error', () => inner.destroy()).on('close', () => inner.destroy())
      inner.pipe(outer).pipe(inner)
    },
  ).on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  setDefaultCACertificates([...getCACertificates('bundled'), server.certPem])
})

afterEach(async () => {
  await stepgate.close()
  front.close()
  await plane.kill()
  rmSync(folder, { recursive: true, force: true })
})

const [certFile, keyFile] = [() => join(folder, 'tls.crt'), () => join(folder, 'tls.key')]

function install({ certPem, keyPem }: { readonly certPem: string; readonly keyPem: string }): void {
  writeFileSync(certFile(), certPem)
  writeFileSync(keyFile(), keyPem)
}

const connect = (options: StepgateOptions = {}): Stepgate =>
  createStepgate({
    url: `https://127.0.0.1:${String((front.address() as AddressInfo).port)}`, // it listens on a port
    clientId: CLIENT_ID,
    clientCert: certFile(),
    clientKey: keyFile(),
    configKey: plane.configKey.pin,
    logger: silentLogger,
    ...options,
  })

describe('a client certificate', () => {
  it('is the credential: no secret is sent, and every connection is made with it', async () => {
    install(first)
    stepgate = connect()
    await stepgate.started
    expect(stepgate.status().state).toBe('fresh')
    const { parameters, authorization } = plane.tokenRequests.at(-1) ?? { parameters: new URLSearchParams() }
    expect(parameters.get('client_id')).toBe(CLIENT_ID)
    expect([parameters.get('client_secret'), parameters.get('client_assertion'), authorization]).toEqual([
      ...[null, null, undefined],
    ])
    expect(new Set(presented)).toEqual(new Set([first.thumbprint]))
  })

  it('is used anew as soon as its files were renewed, and the previous one until they belong together', async () => {
    install(first)
    stepgate = connect()
    await stepgate.started
    writeFileSync(certFile(), second.certPem)
    await stepgate.getToken('payments')
    expect(new Set(presented)).toEqual(new Set([first.thumbprint]))
    writeFileSync(keyFile(), second.keyPem)
    await stepgate.getToken('inventory')
    await waitFor('a connection with the new certificate', () => presented.at(-1) === second.thumbprint)
  })

  it('that the control plane does not know brings no configuration', async () => {
    install(stranger)
    stepgate = connect()
    await stepgate.started
    expect(stepgate.status()).toMatchObject({ state: 'closed', epoch: null })
    expect(presented).toEqual([])
  })

  it.each([
    ['whose file is not there', () => rmSync(certFile()), 'clientCert'],
    ['of another key', () => writeFileSync(keyFile(), second.keyPem), 'clientCert'],
  ])('%s is refused at the start', (_, spoil, setting) => {
    install(first)
    stepgate = connect()
    spoil()
    expect(() => connect()).toThrow(expect.objectContaining({ code: 'configuration', setting }) as Error)
  })

  it('is refused without its key, and for a control plane without TLS', () => {
    install(first)
    stepgate = connect()
    expect(() => connect({ clientKey: '' })).toThrow(/STEPGATE_CLIENT_KEY/)
    expect(() => connect({ url: 'http://127.0.0.1:1' })).toThrow(
      /STEPGATE_CLIENT_CERT\) needs a control plane under https/,
    )
  })
})
