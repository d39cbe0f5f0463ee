/** Clients that hold no secret: certificates (RFC 8705, RFC 9440) and tokens of other issuers (RFC 7523). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as sendRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { createStepgate } from '../../../sdk/src/index.ts'
import type { Gateway } from '../start-gateway.ts'
import {
  createFleet,
  eventually,
  grant,
  publish,
  requestToken,
  startTestGateway,
  type Fleet,
  type TokenAnswer,
} from '../testing/gateway-fixture.ts'
import {
  createTestAuthority,
  selfSigned,
  type IssuedCertificate,
  type TestAuthority,
} from '../testing/test-authority.ts'
import { trustIssuer, type TrustedIssuer } from '../testing/trusted-issuer.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const CLUSTER = 'https://cluster.example'
const WORKLOAD = 'system:serviceaccount:shop:orders'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let folder: string
let authority: TestAuthority
let stranger: TestAuthority
let server: IssuedCertificate
let own: IssuedCertificate
let cluster: TrustedIssuer

beforeAll(async () => {
  database = await createTestDatabase()
  fleet = await createFleet(database, { environment: 'production', services: ['orders', 'payments', 'storefront'] })
  await createFleet(database, { environment: 'staging', services: ['orders'] })
  for (const clientId of ['orders', 'storefront']) await grant(database, fleet, clientId, 'payments', 'payments:read')
  authority = await createTestAuthority('CN=Shop authority,O=Shop')
  stranger = await createTestAuthority('CN=Shop authority,O=Shop')
  server = await authority.issue({
    ...{
      subject: 'CN=localhost',
      isForServers: true,
      names: [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
    },
  })
  own = await selfSigned({ subject: 'CN=orders' })
  folder = mkdtempSync(join(tmpdir(), 'stepgate-tls-'))
  const files = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
  writeFileSync(files.certificateFile, server.certPem)
  writeFileSync(files.keyFile, server.keyPem)
  const clientCaFile = join(folder, 'ca.crt')
  writeFileSync(clientCaFile, authority.own.certPem)
  await credential('orders', { certificateThumbprint: own.thumbprint })
  const issuer = { name: 'cluster', purpose: 'workloads', issuer: CLUSTER, audience: 'stepgate', alg: 'RS256' } as const
  cluster = await trustIssuer(database, fleet, issuer)
  await publish(database, fleet.environmentId)
  gateway = await startTestGateway(database, {
    tls: { port: 0, ...files, publicUrl: 'https://stepgate.test:8443' },
    clientCaFile,
    certificateProxies: ['127.0.0.1'],
  })
})
afterAll(async () => {
  await gateway.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

type Proof =
  | { certificateThumbprint: string }
  | { certificateNameType: string; certificateName: string }
  | { federatedIssuerId: string; federatedSubject: string }

async function credential(clientId: string, proof: Proof, environmentId = fleet.environmentId): Promise<string> {
  const identity = await database.prisma.identity.findUniqueOrThrow({ where: { clientId } })
  const kind = 'federatedSubject' in proof ? 'federated_identity' : 'client_certificate'
  const { id } = await database.prisma.credential.create({
    data: { ...proof, kind, identityId: identity.id, environmentId, name: 'test', createdBy: 'test' },
  })
  await publish(database, environmentId)
  return id
}

const form = (clientId: string) => ({ grant_type: 'client_credentials', client_id: clientId, resource: 'payments' })

/** Over the port where TLS ends in the gateway. */
function askWithCertificate(certificate: IssuedCertificate | null, body: Record<string, string>): Promise<TokenAnswer> {
  const identity = certificate === null ? {} : { cert: certificate.certPem, key: certificate.keyPem }
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      `${gateway.tlsUrl ?? ''}/oauth/token`,
      {
        ...{ method: 'POST', ca: authority.own.certPem, agent: false, ...identity },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
          resolve({ status: response.statusCode ?? 0, headers: new Headers(), body: text })
        })
      },
    )
    request.on('error', reject).end(new URLSearchParams(body).toString())
  })
}

const outcomeOf = ({ status, body }: TokenAnswer) => [status, body['error'] ?? body['token_type']]
const claimsOf = ({ body }: TokenAnswer) => decodeJwt(String(body['access_token']))

describe('a certificate that is registered itself', () => {
  it('authenticates over mutual TLS, and its token is bound to it', async () => {
    const answer = await askWithCertificate(own, form('orders'))
    expect(outcomeOf(answer)).toEqual([200, 'Bearer'])
    expect(claimsOf(answer)).toMatchObject({ sub: 'orders', cnf: { 'x5t#S256': own.thumbprint } })
  })

  it('is a plain one for the configuration', async () => {
    const answer = await askWithCertificate(own, { ...form('orders'), resource: 'stepgate' })
    expect(outcomeOf(answer)).toEqual([200, 'Bearer'])
    expect(claimsOf(answer)).not.toHaveProperty('cnf')
  })

  it.each<[string, () => Promise<IssuedCertificate | null>, string]>([
    ['no certificate', () => Promise.resolve(null), 'orders'],
    ['one that looks like it', () => selfSigned({ subject: 'CN=orders' }), 'orders'],
    ['one of another identity', () => Promise.resolve(own), 'storefront'],
    ['one for nobody', () => Promise.resolve(own), 'nobody'],
  ])('is not met by %s', async (_, certificate, clientId) => {
    expect(outcomeOf(await askWithCertificate(await certificate(), form(clientId)))).toEqual([401, 'invalid_client'])
  })

  it('that has expired authenticates nobody', async () => {
    const expired = await selfSigned({ subject: 'CN=old', notAfter: new Date(Date.now() - 1_000) })
    await credential('storefront', { certificateThumbprint: expired.thumbprint })
    const { status, body } = await askWithCertificate(expired, form('storefront'))
    expect([status, body['error_description']]).toEqual([401, expect.stringContaining('expired')])
  })

  it('stands behind a secret that is sent along', async () => {
    const secret = { client_secret: fleet.secrets['storefront'] ?? '' }
    const answer = await askWithCertificate(own, { ...form('storefront'), ...secret })
    expect(outcomeOf(answer)).toEqual([200, 'Bearer'])
    expect(claimsOf(answer)).not.toHaveProperty('cnf')
    expect(outcomeOf(await askWithCertificate(own, { ...form('orders'), client_secret: 'wrong' }))).toEqual([
      401,
      'invalid_client',
    ])
  })

  it('of two environments has to be one of its own in each', async () => {
    const both = await selfSigned({ subject: 'CN=both' })
    const staging = await database.prisma.environment.findUniqueOrThrow({ where: { slug: 'staging' } })
    for (const environmentId of [fleet.environmentId, staging.id])
      await credential('orders', { certificateThumbprint: both.thumbprint }, environmentId)
    const { body } = await eventually(async () => {
      const answer = await askWithCertificate(both, form('orders'))
      return String(answer.body['error_description']).includes('several environments') && answer
    })
    expect(body['error']).toBe('invalid_client')
    await database.prisma.credential.deleteMany({ where: { certificateThumbprint: both.thumbprint } })
    await publish(database, fleet.environmentId)
  })
})

describe('a name in a certificate', () => {
  const SPIFFE = { type: 'url', value: 'spiffe://shop.example/storefront' } as const
  let id: string
  beforeAll(async () => {
    const { value } = SPIFFE
    id = await credential('storefront', { certificateNameType: 'san-uri', certificateName: value })
  })

  it('authenticates where an authority vouches for it', async () => {
    const certificate = await authority.issue({ subject: 'CN=x', names: [SPIFFE] })
    const answer = await eventually(async () => {
      const attempt = await askWithCertificate(certificate, form('storefront'))
      return attempt.status === 200 && attempt
    })
    expect(claimsOf(answer)).toMatchObject({ sub: 'storefront', cnf: { 'x5t#S256': certificate.thumbprint } })
  })

  it.each<[string, () => Promise<IssuedCertificate>]>([
    ['nobody vouches for', () => selfSigned({ subject: 'CN=x', names: [SPIFFE] })],
    ['an authority of the same name vouches for', () => stranger.issue({ subject: 'CN=x', names: [SPIFFE] })],
    [
      'has another name',
      () => authority.issue({ subject: 'CN=x', names: [{ type: 'url', value: `${SPIFFE.value}/2` }] }),
    ],
    [
      'has the name as another kind',
      () => authority.issue({ subject: 'CN=x', names: [{ type: 'dns', value: SPIFFE.value }] }),
    ],
    [
      'hides the name in another one',
      () => authority.issue({ subject: 'CN=x', names: [{ type: 'dns', value: `a, URI:${SPIFFE.value}, b` }] }),
    ],
    ['is for servers', () => authority.issue({ subject: 'CN=x', names: [SPIFFE], isForServers: true })],
    [
      'has expired',
      () => authority.issue({ subject: 'CN=x', names: [SPIFFE], notAfter: new Date(Date.now() - 1_000) }),
    ],
  ])('does not where the certificate %s', async (_, issue) => {
    expect(outcomeOf(await askWithCertificate(await issue(), form('storefront')))).toEqual([401, 'invalid_client'])
  })

  it('does not once it is revoked', async () => {
    const certificate = await authority.issue({ subject: 'CN=x', names: [SPIFFE] })
    await database.prisma.credential.update({ where: { id }, data: { revokedAt: new Date() } })
    await publish(database, fleet.environmentId)
    const { body } = await eventually(async () => {
      const answer = await askWithCertificate(certificate, form('storefront'))
      return answer.status === 401 && answer
    })
    expect(body['error_description']).toContain('revoked')
  })

  it.each<[string, string, string, Parameters<TestAuthority['issue']>[0]]>([
    [
      'DNS name, in any case',
      'san-dns',
      'Orders.shop.internal',
      { subject: 'CN=x', names: [{ type: 'dns', value: 'orders.SHOP.internal' }] },
    ],
    ['address', 'san-ip', '10.0.4.17', { subject: 'CN=x', names: [{ type: 'ip', value: '10.0.4.17' }] }],
    [
      'e-mail address',
      'san-email',
      'o@shop.example',
      { subject: 'CN=x', names: [{ type: 'email', value: 'o@shop.example' }] },
    ],
    [
      'distinguished name',
      'subject-dn',
      'CN=storefront, O=Shop\\, Inc., C=DE',
      { subject: 'C=DE, O=Shop\\, Inc., CN=storefront' },
    ],
  ])('may be a %s', async (_, certificateNameType, certificateName, wish) => {
    const credentialId = await credential('storefront', { certificateNameType, certificateName })
    const certificate = await authority.issue(wish)
    await eventually(async () => (await askWithCertificate(certificate, form('storefront'))).status === 200)
    await database.prisma.credential.delete({ where: { id: credentialId } })
  })
})

describe('a certificate in a header', () => {
  const askBehindProxy = (headers: Record<string, string>, url = gateway.url) =>
    requestToken(url, form('orders'), headers)

  it('counts as that of the connection where a trusted proxy says so', async () => {
    const answer = await askBehindProxy({ 'client-cert': own.header })
    expect(outcomeOf(answer)).toEqual([200, 'Bearer'])
    expect(claimsOf(answer)).toMatchObject({ cnf: { 'x5t#S256': own.thumbprint } })
  })

  it('with a chain is followed to an authority', async () => {
    const id = await credential('orders', { certificateNameType: 'san-dns', certificateName: 'orders.chained' })
    const middle = await authority.delegate('CN=Middle')
    const lower = await middle.delegate('CN=Lower')
    const leaf = await lower.issue({ subject: 'CN=x', names: [{ type: 'dns', value: 'orders.chained' }] })
    const chain = `${lower.own.header}, ${middle.own.header}`
    await eventually(
      async () => (await askBehindProxy({ 'client-cert': leaf.header, 'client-cert-chain': chain })).status === 200,
    )
    for (const broken of [middle.own.header, `${middle.own.header}, ${lower.own.header}`, stranger.own.header]) {
      const answer = await askBehindProxy({ 'client-cert': leaf.header, 'client-cert-chain': broken })
      expect(outcomeOf(answer)).toEqual([401, 'invalid_client'])
    }
    expect(outcomeOf(await askBehindProxy({ 'client-cert': leaf.header }))).toEqual([401, 'invalid_client'])
    await database.prisma.credential.delete({ where: { id } })
  })

  it('from anyone else is refused, whatever else is sent', async () => {
    const plain = await startTestGateway(database)
    const secret = { ...form('orders'), client_secret: fleet.secrets['orders'] ?? '' }
    const answer = await requestToken(plain.url, secret, { 'client-cert': own.header })
    expect(outcomeOf(answer)).toEqual([400, 'invalid_request'])
    expect(answer.body['error_description']).toContain('Client-Cert')
    await plain.close()
  })

  it.each([
    ['is no certificate', { 'client-cert': ':AAAA:' }],
    ['is not written as RFC 9440 says', { 'client-cert': 'AAAA' }],
    ['has a chain alone', { 'client-cert-chain': ':AAAA:' }],
    ['has too long a chain', { 'client-cert': ':AAAA:', 'client-cert-chain': Array(7).fill(':AAAA:').join(', ') }],
  ])('that %s is refused', async (_, headers) => {
    expect(outcomeOf(await askBehindProxy(headers as Record<string, string>))).toEqual([400, 'invalid_request'])
  })
})

describe('a token of another issuer', () => {
  const workloadToken: TrustedIssuer['sign'] = (claims, header) => {
    const exp = Math.floor(Date.now() / 1_000) + 3_600
    return cluster.sign({ ...{ sub: WORKLOAD, aud: ['stepgate'], exp }, ...claims }, header)
  }
  const present = (assertion: string, more: Record<string, string> = {}) =>
    requestToken(gateway.url, {
      ...form('orders'),
      ...{ client_assertion_type: JWT_BEARER, client_assertion: assertion },
      ...more,
    })

  beforeAll(async () => {
    await credential('orders', { federatedIssuerId: cluster.id, federatedSubject: WORKLOAD })
    const token = await workloadToken()
    await eventually(async () => (await present(token)).status === 200)
  })

  it('authenticates the identity it stands for, as often as it is sent', async () => {
    const token = await workloadToken()
    for (let time = 0; time < 2; time++) {
      const answer = await present(token)
      expect(outcomeOf(answer)).toEqual([200, 'Bearer'])
      expect(claimsOf(answer)).toMatchObject({ sub: 'orders', client_id: 'orders' })
    }
  })

  it.each<[string, () => Promise<string>, Record<string, string>?]>([
    ['of another workload', () => workloadToken({ sub: 'system:serviceaccount:shop:storefront' })],
    ['for another audience', () => workloadToken({ aud: 'https://kubernetes.default.svc' })],
    ['of another issuer', () => workloadToken({ iss: 'https://other.example' })],
    ['that has expired', () => workloadToken({ exp: Math.floor(Date.now() / 1_000) - 120 })],
    ['that never expires', () => workloadToken({ exp: undefined })],
    ['that lives for days', () => workloadToken({ exp: Math.floor(Date.now() / 1_000) + 200_000 })],
    ['that is not valid yet', () => workloadToken({ nbf: Math.floor(Date.now() / 1_000) + 600 })],
    ['that is an access token', () => workloadToken({}, { typ: 'at+jwt' })],
    ['for another identity', () => workloadToken(), { client_id: 'storefront' }],
    ['without client_id', () => workloadToken(), { client_id: '' }],
    [
      'with the signature of another key',
      async () =>
        new SignJWT(decodeJwt(await workloadToken()))
          .setProtectedHeader({ alg: 'RS256', kid: 'cluster-1' })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
  ])('%s is refused', async (_, make, more) => {
    expect(outcomeOf(await present(await make(), more))).toEqual([401, 'invalid_client'])
  })

  it('is read by the middleware from the file of its platform, anew for each token', async () => {
    const file = join(folder, 'platform-token')
    writeFileSync(file, `${await workloadToken()}\n`)
    const { publicJwk } = await database.prisma.signingKey.findFirstOrThrow({
      where: { environmentId: fleet.environmentId, purpose: 'snapshot', status: 'current' },
    })
    const configKey = (publicJwk as { x: string }).x
    const options = { url: gateway.url, clientId: 'orders', clientAssertionFile: file, configKey }
    const stepgate = createStepgate({
      ...options,
      workload: 'orders',
      logger: { warn: () => undefined, error: () => undefined },
    })
    await stepgate.started
    const { accessToken } = await stepgate.getToken('payments', { scopes: ['payments:read'] })
    expect(decodeJwt(accessToken)).toMatchObject({ sub: 'orders', aud: 'payments' })
    writeFileSync(file, await workloadToken({ sub: 'somebody else' }))
    await expect(stepgate.getToken('payments')).rejects.toMatchObject({ status: 401 })
    rmSync(file)
    await expect(stepgate.getToken('payments')).rejects.toMatchObject({ name: 'StepgateTokenError' })
    await stepgate.close()
    expect(() => createStepgate(options)).toThrow('STEPGATE_CLIENT_ASSERTION_FILE')
  })

  it('is no token of a person: services are not told of its issuer, and it is not exchanged', async () => {
    const [snapshot] = await database.prisma.serviceSnapshot.findMany({ orderBy: { revision: 'desc' }, take: 1 })
    expect(snapshot?.body).not.toContain(CLUSTER)
    const exchange = await requestToken(gateway.url, {
      ...form('orders'),
      ...{
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        client_secret: fleet.secrets['orders'] ?? '',
      },
      ...{ subject_token: await workloadToken(), subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
    })
    expect(outcomeOf(exchange)).toEqual([400, 'invalid_request'])
  })
})

describe('what an identity may do', () => {
  const setPolicy = async (clientId: string, policy: object): Promise<void> => {
    const { id: identityId } = await database.prisma.identity.findUniqueOrThrow({ where: { clientId } })
    const key = { identityId, environmentId: fleet.environmentId }
    await database.prisma.identitySetting.upsert({
      where: { identityId_environmentId: key },
      create: { ...key, ...policy },
      update: policy,
    })
    await publish(database, fleet.environmentId)
  }
  const askWithSecret = () =>
    requestToken(gateway.url, { ...form('orders'), client_secret: fleet.secrets['orders'] ?? '' })

  it('leaves out kinds of credentials', async () => {
    await setPolicy('orders', { credentialKinds: ['client_certificate'] })
    const { body } = await eventually(async () => {
      const answer = await askWithSecret()
      return answer.status === 401 && answer
    })
    expect(body['error_description']).toBe('orders may not authenticate with a client secret in this environment.')
    expect(outcomeOf(await askWithCertificate(own, form('orders')))).toEqual([200, 'Bearer'])
    await setPolicy('orders', { credentialKinds: ['client_secret', 'client_certificate'] })
  })

  it.each([
    ['any', 'DPoP'],
    ['mutual-tls', 'mutual TLS'],
    ['dpop', 'DPoP'],
  ])('asks for tokens that are bound (%s)', async (senderConstraint, word) => {
    await setPolicy('orders', { senderConstraint })
    const { body } = await eventually(async () => {
      const answer = await askWithSecret()
      return answer.status === 400 && String(answer.body['error_description']).includes(word) && answer
    })
    expect(body['error']).toBe('invalid_request')
    const overTls = await askWithCertificate(own, { ...form('orders'), client_secret: fleet.secrets['orders'] ?? '' })
    expect(overTls.status).toBe(senderConstraint === 'dpop' ? 400 : 200)
    if (overTls.status === 200) expect(claimsOf(overTls)).toMatchObject({ cnf: { 'x5t#S256': own.thumbprint } })
    await setPolicy('orders', { senderConstraint: 'none' })
  })
})

it('tells clients where mutual TLS ends', async () => {
  const response = await fetch(`${gateway.url}/.well-known/oauth-authorization-server/e/production`)
  expect(await response.json()).toMatchObject({
    mtls_endpoint_aliases: { token_endpoint: 'https://stepgate.test:8443/oauth/token' },
    token_endpoint_auth_methods_supported: expect.arrayContaining([
      'tls_client_auth',
      'self_signed_tls_client_auth',
    ]) as string[],
  })
})
