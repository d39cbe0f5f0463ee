import { createSecretKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, SignJWT, type JWK } from 'jose'

/** One of the servers that are asked the same. */
export interface Target {
  readonly issuer: string
  readonly endpoints: Readonly<Record<Endpoint, string>>
  /** What a token for the service is asked for with. */
  readonly resources: Readonly<Record<'orders' | 'payments' | 'unknown', string>>
  /** As the token endpoint told it last. */
  readonly nonce: string
}

type Endpoint = 'token' | 'introspect' | 'revoke'
type Fields = Readonly<Record<string, string | undefined>>

/** Proves itself with a secret. */
export const SECRET_CLIENT = 'storefront'
/** Proves itself with a key. */
export const KEY_CLIENT = 'courier'

export const CLIENT_SECRET = 'sg_live_of_a_comparison_0123456789abcdefghijklmn'
const clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const proofKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const CLIENT_KEY_PEM = clientKey.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const clientJwk = clientKey.publicKey.export({ format: 'jwk' }) as JWK
const clientKeyId = await calculateJwkThumbprint(clientJwk)
export const CLIENT_JWK: JWK = { ...clientJwk, kid: clientKeyId, alg: 'ES256', use: 'sig' }

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const now = (): number => Math.floor(Date.now() / 1_000)
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown> | null
}

/** `accepted`, the error of RFC 6749, or the status where there is no such error. */
const verdictOf = ({ status, body }: Answer): string => {
  if (status === 200)
    return body?.['active'] === undefined ? 'accepted' : body['active'] === true ? 'active' : 'inactive'
  return typeof body?.['error'] === 'string' ? body['error'] : `status ${status}`
}

let addresses = 0

async function send(url: string, headers: Record<string, string>, body: string | null): Promise<Answer> {
  const response = await fetch(url, {
    method: body === null ? 'GET' : 'POST',
    // An address for each, so that none is held up for the failures of others.
    headers: { accept: 'application/json', 'x-forwarded-for': `10.0.0.${++addresses % 256}`, ...headers },
    ...(body === null ? {} : { body }),
  })
  const text = await response.text()
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : null
  return { status: response.status, headers: response.headers, body: parsed as Answer['body'] }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const toForm = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString()

const basicOf = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const BASIC = basicOf(`${SECRET_CLIENT}:${CLIENT_SECRET}`)
const POST = { client_id: SECRET_CLIENT, client_secret: CLIENT_SECRET }

const wish = ({ resources }: Target): Fields => ({
  ...{ grant_type: 'client_credentials', resource: resources.orders, scope: 'orders:read' },
})

export interface Case {
  readonly group: string
  readonly name: string
  readonly judge: (target: Target) => Promise<string>
}

type Make = (target: Target) => Promise<Answer> | Answer

const toCase =
  (group: string) =>
  ([name, make]: readonly [string, Make]): Case => ({
    group,
    name,
    judge: async (target) => verdictOf(await make(target)),
  })

/** A request for a token with changed fields, with a secret in the header. */
const changed =
  (fields: Fields | ((target: Target) => Fields), headers: Record<string, string> = BASIC): Make =>
  (target) =>
    send(
      target.endpoints.token,
      { ...FORM, ...headers },
      toForm({ ...wish(target), ...(typeof fields === 'function' ? fields(target) : fields) }),
    )

/** The same with something behind the form, or instead of it. */
const raw =
  (write: (form: string, target: Target) => string, headers: Record<string, string> = { ...FORM, ...BASIC }): Make =>
  (target) =>
    send(target.endpoints.token, headers, write(toForm(wish(target)), target))

const REQUESTS: readonly (readonly [string, Make])[] = [
  ['secret in the header', changed({})],
  ['secret in the form', changed(POST, {})],
  ['without scope', changed({ scope: undefined })],
  ['with an empty scope', changed({ scope: '' })],
  ['a scope that is not held', changed({ scope: 'orders:delete' })],
  ['a scope that is held and one that is not', changed({ scope: 'orders:read orders:delete' })],
  ['a scope nobody knows', changed({ scope: 'unheard:of' })],
  ['a scope that is no name', changed({ scope: 'orders"read' })],
  ['a scope of another resource', changed({ scope: 'payments:read' })],
  ['without resource', changed({ resource: undefined })],
  ['an unknown resource', changed(({ resources }) => ({ resource: resources.unknown }))],
  ['two resources', raw((form, { resources }) => `${form}&${toForm({ resource: resources.payments })}`)],
  ['the same resource twice', raw((form, { resources }) => `${form}&${toForm({ resource: resources.orders })}`)],
  ['a resource with a fragment', changed(({ resources }) => ({ resource: `${resources.orders}#part` }))],
  ['without grant_type', changed({ grant_type: undefined })],
  ['an empty grant_type', changed({ grant_type: '' })],
  ['an unknown grant type', changed({ grant_type: 'magic' })],
  ['the password grant', changed({ grant_type: 'password', username: 'ada', password: 'x' })],
  ['a code without an authorization endpoint', changed({ grant_type: 'authorization_code', code: 'x' })],
  ['a parameter nobody knows', changed({ colour: 'red' })],
  ['a parameter nobody knows, twice', raw((form) => `${form}&colour=red&colour=blue`)],
  ['grant_type twice', raw((form) => `${form}&grant_type=client_credentials`)],
  ['scope twice', raw((form) => `${form}&scope=orders%3Aread`)],
  ['client_id twice', raw((form) => `${form}&client_id=${SECRET_CLIENT}&client_id=${SECRET_CLIENT}`)],
  ['a refresh token that belongs to another grant type', changed({ refresh_token: 'x' })],
  ['a control character in scope', changed({ scope: 'orders:read\0' })],
  ['broken percent-encoding in scope', raw((form) => form.replace(/scope=[^&]*/, 'scope=%zz'))],
  [
    'a JSON body',
    raw(() => JSON.stringify({ grant_type: 'client_credentials' }), { ...BASIC, 'content-type': 'application/json' }),
  ],
  ['a form that says it is text', raw((form) => form, { ...BASIC, 'content-type': 'text/plain' })],
  [
    'a form with a charset',
    raw((form) => form, { ...BASIC, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }),
  ],
  ['an empty body', raw(() => '')],
  ['a body of 100 kB', raw((form) => `${form}&colour=${'x'.repeat(100_000)}`)],
  ['by GET', ({ endpoints }) => send(endpoints.token, BASIC, null)],
]

const SECRETS: readonly (readonly [string, Make])[] = [
  ['a wrong secret in the header', changed({}, basicOf(`${SECRET_CLIENT}:wrong`))],
  ['a wrong secret in the form', changed({ ...POST, client_secret: 'wrong' }, {})],
  ['an unknown client', changed({}, basicOf(`nobody:${CLIENT_SECRET}`))],
  ['a client that has no secret', changed({}, basicOf(`${KEY_CLIENT}:${CLIENT_SECRET}`))],
  ['no authentication', changed({}, {})],
  ['client_id alone', changed({ client_id: SECRET_CLIENT }, {})],
  ['a secret without client_id', changed({ client_secret: CLIENT_SECRET }, {})],
  ['an empty secret in the form', changed({ ...POST, client_secret: '' }, {})],
  ['an empty secret in the header', changed({}, basicOf(`${SECRET_CLIENT}:`))],
  ['the same client_id in header and form', changed({ client_id: SECRET_CLIENT })],
  ['another client_id in the form', changed({ client_id: KEY_CLIENT })],
  ['secrets in header and form', changed(POST)],
  ['a header that is not Base64', changed({}, { authorization: 'Basic !!!' })],
  ['a header without a colon', changed({}, basicOf(SECRET_CLIENT))],
  ['a header that is badly form-encoded', changed({}, basicOf(`${SECRET_CLIENT}:%zz`))],
  ['a form-encoded header', changed({}, basicOf(`%73torefront:${CLIENT_SECRET}`))],
  ['the scheme in another case', changed({}, { authorization: BASIC.authorization.replace('Basic', 'bASIC') })],
  ['a bearer token as authentication', changed({}, { authorization: 'Bearer x' })],
  [
    'a secret in the address',
    ({ endpoints, ...target }) =>
      send(`${endpoints.token}?${toForm(POST)}`, FORM, toForm(wish({ endpoints, ...target }))),
  ],
]

interface Assertion {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly key?: KeyObject
}

const signAssertion = (
  { issuer }: Pick<Target, 'issuer'>,
  { claims = {}, header = {}, key = clientKey.privateKey }: Assertion,
): Promise<string> =>
  new SignJWT({
    ...{ iss: KEY_CLIENT, sub: KEY_CLIENT, aud: issuer, iat: now(), exp: now() + 60, jti: randomUUID(), ...claims },
  })
    .setProtectedHeader({ alg: 'ES256', kid: clientKeyId, ...header })
    .sign(key)

const asserted = (assertion: string, more: Fields = {}): Fields => ({
  ...{ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion, ...more },
})

const withAssertion =
  (wanted: Assertion | ((target: Target) => Assertion), more: Fields = {}, headers = {}): Make =>
  async (target) => {
    const assertion = await signAssertion(target, typeof wanted === 'function' ? wanted(target) : wanted)
    return changed(asserted(assertion, more), headers)(target)
  }

const withText =
  (write: (signed: string, target: Target) => string): Make =>
  async (target) =>
    changed(asserted(write(await signAssertion(target, {}), target)), {})(target)

const unsigned = (alg: string) => (signed: string) =>
  `${encode({ alg, kid: clientKeyId })}.${signed.split('.')[1] ?? ''}.`

async function sendTwice(target: Target): Promise<Answer> {
  const assertion = await signAssertion(target, {})
  await changed(asserted(assertion), {})(target)
  return changed(asserted(assertion), {})(target)
}

const ASSERTIONS: readonly (readonly [string, Make])[] = [
  ['for the issuer', withAssertion({})],
  ['for the token endpoint', withAssertion(({ endpoints }) => ({ claims: { aud: endpoints.token } }))],
  [
    'for the issuer among others',
    withAssertion(({ issuer }) => ({ claims: { aud: ['https://else.example', issuer] } })),
  ],
  ['for somebody else', withAssertion({ claims: { aud: 'https://else.example' } })],
  [
    'for the token endpoint and a slash',
    withAssertion(({ endpoints }) => ({ claims: { aud: `${endpoints.token}/` } })),
  ],
  ['for nobody', withAssertion({ claims: { aud: undefined } })],
  ['that has expired', withAssertion({ claims: { exp: now() - 120 } })],
  ['that never expires', withAssertion({ claims: { exp: undefined } })],
  ['that lives for an hour', withAssertion({ claims: { exp: now() + 3_600 } })],
  ['that is not valid yet', withAssertion({ claims: { nbf: now() + 300 } })],
  ['that was issued in the future', withAssertion({ claims: { iat: now() + 300 } })],
  ['without an id', withAssertion({ claims: { jti: undefined } })],
  ['with an empty id', withAssertion({ claims: { jti: '' } })],
  ['of another issuer', withAssertion({ claims: { iss: SECRET_CLIENT } })],
  ['about another client', withAssertion({ claims: { sub: SECRET_CLIENT } })],
  ['without an issuer', withAssertion({ claims: { iss: undefined } })],
  ['without a subject', withAssertion({ claims: { sub: undefined } })],
  ['sent twice', sendTwice],
  ['signed by another key', withAssertion({ key: otherKey.privateKey })],
  ['with the id of another key', withAssertion({ header: { kid: 'another' } })],
  ['without the id of a key', withAssertion({ header: { kid: undefined } })],
  ['signed with RSA', withAssertion({ header: { alg: 'RS256' }, key: rsaKey.privateKey })],
  ['without a signature', withText(unsigned('none'))],
  ['that says ES256 and has no signature', withText(unsigned('ES256'))],
  [
    'signed by the public key as a secret',
    withAssertion({ header: { alg: 'HS256' }, key: createSecretKey(Buffer.from(CLIENT_KEY_PEM)) }),
  ],
  [
    'with an extension nobody knows',
    withText((signed) => {
      const [, payload = '', signature = ''] = signed.split('.')
      return `${encode({ alg: 'ES256', kid: clientKeyId, crit: ['x'], x: 1 })}.${payload}.${signature}`
    }),
  ],
  ['that is cut off', withText((signed) => signed.slice(0, -8))],
  ['that is no JWT', withText(() => 'assertion')],
  ['with a matching client_id', withAssertion({}, { client_id: KEY_CLIENT })],
  ['with another client_id', withAssertion({}, { client_id: SECRET_CLIENT })],
  ['of another type', withAssertion({}, { client_assertion_type: 'urn:example:other' })],
  ['without a type', withAssertion({}, { client_assertion_type: undefined })],
  ['and a secret in the header', withAssertion({}, {}, BASIC)],
  ['and a secret in the form', withAssertion({}, { client_secret: CLIENT_SECRET, client_id: KEY_CLIENT })],
]

const proofJwk = proofKey.publicKey.export({ format: 'jwk' }) as JWK

const prove = (
  { endpoints, nonce }: Pick<Target, 'endpoints' | 'nonce'>,
  { claims = {}, header = {}, key = proofKey.privateKey }: Assertion = {},
): Promise<string> =>
  new SignJWT({ htm: 'POST', htu: endpoints.token, iat: now(), jti: randomUUID(), nonce, ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: proofJwk, ...header })
    .sign(key)

const proven =
  (wanted: Assertion | ((target: Target) => Assertion)): Make =>
  async (target) => {
    const dpop = await prove(target, typeof wanted === 'function' ? wanted(target) : wanted)
    return changed({}, { ...BASIC, dpop })(target)
  }

const withProofText =
  (write: (proof: string) => string): Make =>
  async (target) =>
    changed({}, { ...BASIC, dpop: write(await prove(target)) })(target)

async function proveTwice(target: Target): Promise<Answer> {
  const dpop = await prove(target)
  await changed({}, { ...BASIC, dpop })(target)
  return changed({}, { ...BASIC, dpop })(target)
}

const forgedHeader = (header: object) => (proof: string) =>
  `${encode({ typ: 'dpop+jwt', jwk: proofJwk, ...header })}.${proof.split('.').slice(1).join('.')}`

const PROOFS: readonly (readonly [string, Make])[] = [
  ['as it should be', proven({})],
  ['without a nonce', proven({ claims: { nonce: undefined } })],
  ['with a nonce that was made up', proven({ claims: { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' } })],
  ['with a nonce that is no text', proven({ claims: { nonce: 1 } })],
  ['sent twice', proveTwice],
  ['for another method', proven({ claims: { htm: 'GET' } })],
  ['for a method in another case', proven({ claims: { htm: 'post' } })],
  ['without a method', proven({ claims: { htm: undefined } })],
  ['for another path', proven(({ issuer }) => ({ claims: { htu: `${issuer}/elsewhere` } }))],
  ['for another host', proven({ claims: { htu: 'https://else.example/oauth/token' } })],
  ['for an address with a query', proven(({ endpoints }) => ({ claims: { htu: `${endpoints.token}?x=1#y` } }))],
  ['for no address', proven({ claims: { htu: undefined } })],
  ['without an id', proven({ claims: { jti: undefined } })],
  ['without a time', proven({ claims: { iat: undefined } })],
  ['of an hour ago', proven({ claims: { iat: now() - 3_600 } })],
  ['from the future', proven({ claims: { iat: now() + 3_600 } })],
  ['of another type', proven({ header: { typ: 'JWT' } })],
  ['with the private key in it', proven({ header: { jwk: proofKey.privateKey.export({ format: 'jwk' }) } })],
  ['with another key in it', proven({ header: { jwk: otherKey.publicKey.export({ format: 'jwk' }) } })],
  ['without a key in it', proven({ header: { jwk: undefined } })],
  ['with a symmetric key in it', withProofText(forgedHeader({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }))],
  ['of no algorithm', withProofText((proof) => forgedHeader({ alg: 'none' })(proof).replace(/[^.]*$/, ''))],
  ['of a symmetric algorithm', withProofText(forgedHeader({ alg: 'HS256' }))],
  ['that is cut off', withProofText((proof) => proof.slice(0, -8))],
  ['that is none', withProofText(() => 'proof')],
  ['that is two', withProofText((proof) => `${proof}, ${proof}`)],
]

const tokenOf = async (target: Target): Promise<string> => String((await changed({})(target)).body?.['access_token'])

const withToken =
  (
    endpoint: 'introspect' | 'revoke',
    toBody: (token: string) => string,
    headers: Record<string, string> = { ...FORM, ...BASIC },
  ): Make =>
  async (target) =>
    send(target.endpoints[endpoint], headers, toBody(await tokenOf(target)))

/** As the client that proves itself with a key, to which no token was given. */
const asAnother =
  (endpoint: 'introspect' | 'revoke'): Make =>
  async (target) => {
    const assertion = await signAssertion(target, {})
    return send(target.endpoints[endpoint], FORM, toForm(asserted(assertion, { token: await tokenOf(target) })))
  }

const form = (token: string): string => toForm({ token })

const commonOf = (endpoint: 'introspect' | 'revoke'): readonly (readonly [string, Make])[] => [
  ['own token', withToken(endpoint, form)],
  ['own token with a hint', withToken(endpoint, (token) => toForm({ token, token_type_hint: 'access_token' }))],
  ['own token with a wrong hint', withToken(endpoint, (token) => toForm({ token, token_type_hint: 'refresh_token' }))],
  ['own token with a hint nobody knows', withToken(endpoint, (token) => toForm({ token, token_type_hint: 'x' }))],
  ['a token that does not exist', withToken(endpoint, () => form('none'))],
  ['a token of another client', asAnother(endpoint)],
  ['no token', withToken(endpoint, () => '')],
  ['a token twice', withToken(endpoint, (token) => `${form(token)}&${form(token)}`)],
  ['no authentication', withToken(endpoint, form, FORM)],
  ['a wrong secret', withToken(endpoint, form, { ...FORM, ...basicOf(`${SECRET_CLIENT}:wrong`) })],
  [
    'a JSON body',
    withToken(endpoint, (token) => JSON.stringify({ token }), { ...BASIC, 'content-type': 'application/json' }),
  ],
]

export const CASES: readonly Case[] = [
  ...REQUESTS.map(toCase('A token')),
  ...SECRETS.map(toCase('Client secrets')),
  ...ASSERTIONS.map(toCase('Client assertions')),
  ...PROOFS.map(toCase('DPoP proofs')),
  ...commonOf('introspect').map(toCase('Introspection')),
  ...commonOf('revoke').map(toCase('Revocation')),
]

/** The nonce the token endpoint tells whoever sends a proof without one. */
export async function readNonce(target: Omit<Target, 'nonce'>): Promise<string> {
  const { headers } = await proven({ claims: { nonce: undefined } })({ ...target, nonce: '' })
  return headers.get('dpop-nonce') ?? ''
}
