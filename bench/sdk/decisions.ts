/** Costs of one decision beside bare verification and the verifiers people use today. */
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { createVerifier, type Algorithm } from 'fast-jwt'
import { importJWK, jwtVerify, type CryptoKey, type JWK } from 'jose'
import { toDerSignature } from '../../sdk/src/token/verification-key.ts'
import type { SigningAlgorithm, SigningKey } from '../../sdk/test/signing.ts'
import { Socket } from 'node:net'
import type { Requirement } from '../../lib/policy/rule.ts'
import { AUDIENCE, ISSUER, makeGuard, makeTokens, type BenchContext, type BenchRequest } from './guard-harness.ts'
import { startPeer } from './peer.ts'
import { measure, nanoseconds, printTable, type Subject } from './measure.ts'

const ROUNDS = 7
const SEEN_TIMES = 200_000
const NEW_TOKENS = 1_000
/** Of which each comes again only when it is long forgotten. */
const DISTINCT_TOKENS = 22_000
const NEW_TOKENS_ROUNDS = 15
/** New tokens take a long way through the code, and much of it is compiled only after tens of thousands. */
const NEW_TOKENS_WARM_UP_ROUNDS = 60
const SLOW_TIMES = 200

const publicKeyOf = (key: SigningKey): KeyObject => createPublicKey({ key: key.publicJwk, format: 'jwk' })

interface SignedParts {
  readonly bytes: Buffer
  readonly signature: Buffer
}

const partsOf = (token: string): SignedParts => {
  const cut = token.lastIndexOf('.')
  return { bytes: Buffer.from(token.slice(0, cut)), signature: Buffer.from(token.slice(cut + 1), 'base64url') }
}

/** The fastest bare call there is: key object, signature in DER where the algorithm knows two forms. */
function bareVerify(alg: SigningAlgorithm, key: KeyObject): (parts: SignedParts) => boolean {
  if (alg === 'EdDSA') return ({ bytes, signature }) => verify(null, bytes, key, signature)
  if (alg === 'RS256') return ({ bytes, signature }) => verify('sha256', bytes, key, signature)
  return ({ bytes, signature }) => verify('sha256', bytes, key, signature)
}

const prepared = (alg: SigningAlgorithm, tokens: readonly string[]): SignedParts[] =>
  tokens.map(partsOf).map(({ bytes, signature }) => ({
    bytes,
    signature: alg === 'ES256' ? Buffer.from(toDerSignature(signature)) : signature,
  }))

function over<Item>(items: readonly Item[], work: (item: Item) => unknown): Subject['run'] {
  return (times) => {
    for (let index = 0; index < times; index++) work(items[index % items.length] as Item) // within bounds
  }
}

function overAsync<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Subject['run'] {
  return async (times) => {
    for (let index = 0; index < times; index++) await work(items[index % items.length] as Item) // within bounds
  }
}

/** Works on each item once. They are read before, as what a request brings was a moment ago: it lies close to the processor. */
function arriving<Item>(
  items: readonly Item[],
  read: (item: Item) => number,
  work: (item: Item) => unknown,
  beginAgain: () => void = () => undefined,
): Pick<Subject, 'prepare' | 'run'> {
  let [next, arrived] = [0, items.slice(0, 0)]
  return {
    prepare: (times) => {
      if (next + times > items.length) {
        next = 0
        beginAgain()
      }
      arrived = items.slice(next, (next += times))
      if (arrived.reduce((sum, item) => sum + read(item), 0) === 0) throw new Error('nothing was read')
    },
    run: async () => {
      for (const item of arrived) {
        const answer = work(item)
        if (answer instanceof Promise) await answer
      }
    },
  }
}

// Without garbage, which would be collected in somebody's measured time.
function readText(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 32) sum += text.charCodeAt(index)
  return sum
}

function readBytes(bytes: Buffer): number {
  let sum = 0
  for (let index = 0; index < bytes.length; index += 32) sum += bytes[index] ?? 0
  return sum
}

const readParts = ({ bytes, signature }: SignedParts): number => readBytes(bytes) + readBytes(signature)

function requireAccepted(answer: unknown): void {
  if (answer === null || typeof answer !== 'object' || 'refused' in answer)
    throw new Error('the bench measures a refusal')
}

/** Each header is a string of its own, as every request brings one. */
const toRequests = (tokens: readonly string[]): BenchRequest[] =>
  tokens.map((token) => ({ authorization: Buffer.from(`Bearer ${token}`).toString('latin1') }))

export async function benchSeenTokens(alg: SigningAlgorithm): Promise<void> {
  const harness = makeGuard(alg, 'enforce')
  const off = makeGuard(alg, 'off')
  const tokens = makeTokens(harness.key, 50)
  const requests = toRequests(Array.from({ length: 4_000 }, (_, index) => tokens[index % 50] ?? ''))
  requireAccepted(harness.check(requests[0] ?? { authorization: undefined }))
  const key = publicKeyOf(harness.key)
  const peer = await startPeer(harness.key)
  const fast = createVerifier({
    key: key.export({ format: 'pem', type: 'spki' }).toString(),
    algorithms: [alg as Algorithm],
    allowedAud: AUDIENCE,
    allowedIss: ISSUER,
    cache: 10_000,
  })
  const results = await measure(
    [
      { name: 'bare crypto.verify', run: over(prepared(alg, tokens), bareVerify(alg, key)), times: NEW_TOKENS },
      {
        name: 'Stepgate, the whole decision',
        run: over(requests, (request) => harness.check(request)),
        times: SEEN_TIMES,
      },
      {
        name: 'Stepgate, without a token',
        run: over([{ authorization: undefined }], (request) => off.check(request)),
        times: SEEN_TIMES,
      },
      {
        name: 'fast-jwt with its cache, verification only',
        run: over(requests, ({ authorization = '' }) => fast(authorization.slice(7)) as unknown),
        times: 20_000,
      },
      { name: 'express-oauth2-jwt-bearer, verification only', run: overAsync(tokens, peer.check), times: NEW_TOKENS },
    ].map((subject) =>
      subject.name === 'Stepgate, without a token' ? { ...subject, name: 'Stepgate, mode off' } : subject,
    ),
    ROUNDS,
  )
  peer.close()
  printTable(`Token seen before, ${alg}`, results, 'bare crypto.verify', nanoseconds)
}

export async function benchNewTokens(alg: SigningAlgorithm): Promise<void> {
  const harness = makeGuard(alg, 'enforce')
  const key = publicKeyOf(harness.key)
  const tokens = makeTokens(harness.key, DISTINCT_TOKENS)
  const fast = createVerifier({
    key: key.export({ format: 'pem', type: 'spki' }).toString(),
    algorithms: [alg as Algorithm],
    allowedAud: AUDIENCE,
    allowedIss: ISSUER,
  })
  const joseKey = (await importJWK(harness.key.publicJwk as unknown as JWK, alg)) as CryptoKey // no symmetric keys here
  const peer = await startPeer(harness.key)
  const requests = toRequests(tokens)
  const checkAccepted = (request: BenchRequest): void => requireAccepted(harness.check(request))
  const readRequest = ({ authorization = '' }: BenchRequest): number => readText(authorization)
  const subject = (name: string, work: Pick<Subject, 'prepare' | 'run'>, times = NEW_TOKENS): Subject => ({
    name,
    times,
    ...work,
  })
  const results = await measure(
    [
      subject('bare crypto.verify', arriving(prepared(alg, tokens), readParts, bareVerify(alg, key))),
      subject('Stepgate, the whole decision', arriving(requests, readRequest, checkAccepted, harness.forget)),
      subject(
        'fast-jwt, verification only',
        arriving(tokens, readText, (token) => fast(token) as unknown),
      ),
      subject(
        'jose, verification only',
        arriving(tokens, readText, (token) => jwtVerify(token, joseKey, { audience: AUDIENCE, issuer: ISSUER })),
        SLOW_TIMES,
      ),
      subject('express-oauth2-jwt-bearer, verification only', arriving(tokens, readText, peer.check), SLOW_TIMES),
    ],
    NEW_TOKENS_ROUNDS,
    NEW_TOKENS_WARM_UP_ROUNDS,
  )
  peer.close()
  printTable(`New token, ${alg}`, results, 'bare crypto.verify', nanoseconds)
}

const BROWSER_HEADERS = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'accept-language': 'de-CH,de;q=0.9,en;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'sec-ch-ua': '"Chromium";v="142", "Not_A Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
}

/** As a request brings them: strings of its own, equal to those of the last one. */
const copyHeaders = (): Readonly<Record<string, string>> =>
  JSON.parse(JSON.stringify(BROWSER_HEADERS)) as typeof BROWSER_HEADERS

const asking = (...requirements: Requirement[]): BenchContext['rule'] => ({ access: 'token', requirements })

const SURROUNDINGS: readonly { readonly name: string; readonly context?: BenchContext }[] = [
  { name: 'nothing but the token' },
  {
    name: 'country',
    context: { hasPlaces: true, signals: 'rules', rule: asking({ kind: 'country', anyOf: ['CH'] }) },
  },
  {
    name: 'rate',
    context: {
      hasPlaces: false,
      signals: 'rules',
      rule: asking({ kind: 'rate', requestsMax: 1e9, windowSeconds: 60 }),
    },
  },
  {
    name: 'country, device, rate and every signal',
    context: {
      hasPlaces: true,
      signals: 'all',
      rule: asking(
        { kind: 'country', anyOf: ['CH'] },
        { kind: 'rate', requestsMax: 1e9, windowSeconds: 60 },
        { kind: 'signals', noneOf: ['travel-impossible', 'credential-concurrent'] },
      ),
    },
  },
]

/** What looking around costs where a caller comes back from the same address with the same device. */
export async function benchContext(): Promise<void> {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '203.0.113.7' })
  const subjects = SURROUNDINGS.map(({ name, context }): Subject => {
    const harness = makeGuard('EdDSA', 'enforce', context)
    const tokens = makeTokens(harness.key, 50)
    const requests = Array.from({ length: 4_000 }, (_, index) => ({
      authorization: Buffer.from(`Bearer ${tokens[index % 50] ?? ''}`).toString('latin1'),
      headers: copyHeaders(),
      socket,
    }))
    requireAccepted(harness.check(requests[0] ?? { authorization: undefined }))
    return { name, run: over(requests, (request) => harness.check(request)), times: SEEN_TIMES }
  })
  printTable('Token seen before, looking at', await measure(subjects, ROUNDS), 'nothing but the token', nanoseconds)
}
