import { createPublicKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { member, type Field } from '../../../lib/policy/field-reader.ts'
import type { PublicJwk, Snapshot, SnapshotIssuer } from '../../../lib/policy/snapshot.ts'
import type { TokenProblem } from '../../../lib/policy/vocabulary.ts'
import { StepgateUsageError } from '../errors.ts'
import { requireKnown, requireWord } from '../known-names.ts'
import { readObject, readOr, readSeconds, readTestValue, readText, readTexts } from './test-value.ts'

const PROBLEMS = [
  'token-malformed',
  'issuer-untrusted',
  'signature-invalid',
  'token-not-yet-valid',
  'token-expired',
  'audience-mismatch',
  'sender-unproven',
] as const satisfies readonly TokenProblem[]

/** What is wrong with a token that is minted to be refused. */
export type TestTokenProblem = (typeof PROBLEMS)[number]

const KINDS = ['service', 'integration', 'user'] as const

/** A token to be minted. What is left out makes a valid token without scopes. */
export interface TestTokenOptions {
  /** `client_id` of the caller, or `sub` of a user. Default `test-caller`. */
  readonly caller?: string
  /** What kind of caller it is. Default `service`. */
  readonly kind?: (typeof KINDS)[number]
  /** Scopes of the token. Default none. */
  readonly scopes?: readonly string[]
  /** Seconds since it was issued. Default 0. */
  readonly ageSeconds?: number
  /** Seconds until it expires; below -60 it has expired, as clocks may differ by a minute. Default 300. */
  readonly expiresInSeconds?: number
  /** `aud`; by default the one that is asked for. */
  readonly audience?: string
  /** URL or name of the issuer, where there are several of a kind; by default the first. */
  readonly issuer?: string
  /** Makes a token that is refused for this reason, and for no other. Default none. */
  readonly problem?: TestTokenProblem
  /** Further claims, or others than would be written. Default none. */
  readonly claims?: Readonly<Record<string, unknown>>
}

const TOKEN_OPTIONS = [
  ...(['caller', 'kind', 'scopes', 'ageSeconds', 'expiresInSeconds', 'audience', 'issuer', 'problem'] as const),
  'claims',
] satisfies (keyof TestTokenOptions)[]

const KEY_ID = 'stepgate-testing'
let key: KeyObject | null = null

/** One key for all test stepgates of a process, so that one service's token is good at another. It never leaves the process. */
function testKey(): KeyObject {
  key ??= generateKeyPairSync('ed25519').privateKey
  return key
}

function publicTestKey(): PublicJwk {
  const { x } = createPublicKey(testKey()).export({ format: 'jwk' })
  return { kid: KEY_ID, kty: 'OKP', alg: 'EdDSA', crv: 'Ed25519', x }
}

/** The snapshot with every issuer trusting the test key as well. */
export function trustTestKey(snapshot: Snapshot): Snapshot {
  const added = publicTestKey()
  const withKey = (issuer: SnapshotIssuer): SnapshotIssuer => ({
    ...issuer,
    keys: [...issuer.keys.filter(({ kid }) => kid !== KEY_ID), added],
  })
  return { ...snapshot, issuers: snapshot.issuers.map(withKey) }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function signToken(claims: object, signingKey: KeyObject): string {
  const input = `${encode({ typ: 'at+jwt', alg: 'EdDSA', kid: KEY_ID })}.${encode(claims)}`
  return `${input}.${sign(null, Buffer.from(input), signingKey).toString('base64url')}`
}

function findIssuer(issuers: readonly SnapshotIssuer[], { kind, issuer }: TestTokenOptions): SnapshotIssuer {
  const wanted = kind === 'user' ? 'oidc' : 'stepgate'
  const found = issuers.find(
    (known) => known.kind === wanted && (issuer === undefined || [known.issuer, known.name].includes(issuer)),
  )
  if (found === undefined)
    throw new StepgateUsageError(
      'issuer-not-found',
      `the configuration trusts no issuer of kind "${wanted}"${issuer === undefined ? '' : ` called "${issuer}"`}`,
    )
  return found
}

const HOUR_SECONDS = 3_600
/** Thumbprint of a key nobody has. */
const UNKNOWN_KEY = 'A'.repeat(43)

/** The claims that make a token bad in one way. */
function spoil(problem: TestTokenProblem | undefined, nowSeconds: number): object {
  switch (problem) {
    case 'issuer-untrusted':
      return { iss: 'https://untrusted.test' }
    case 'audience-mismatch':
      return { aud: 'another-service' }
    case 'token-expired':
      return { iat: nowSeconds - 2 * HOUR_SECONDS, exp: nowSeconds - HOUR_SECONDS }
    case 'token-not-yet-valid':
      return { iat: nowSeconds + HOUR_SECONDS, exp: nowSeconds + 2 * HOUR_SECONDS }
    case 'sender-unproven':
      return { cnf: { jkt: UNKNOWN_KEY } }
    default:
      return {}
  }
}

/** What is in a token, as it was checked. */
type TestToken = Required<
  Pick<TestTokenOptions, 'caller' | 'scopes' | 'ageSeconds' | 'expiresInSeconds' | 'claims'>
> & {
  readonly audience: string | undefined
}

function readToken(value: TestTokenOptions): TestToken {
  const option = (name: keyof TestTokenOptions): Field => member({ value, path: '' }, name)
  return readTestValue('mintToken', () => {
    readOr(option('issuer'), undefined, readText)
    return {
      caller: readOr(option('caller'), 'test-caller', readText),
      scopes: readOr(option('scopes'), [], readTexts),
      ageSeconds: readOr(option('ageSeconds'), 0, readSeconds),
      expiresInSeconds: readOr(option('expiresInSeconds'), 300, readSeconds),
      audience: readOr(option('audience'), undefined, readText),
      claims: readOr(option('claims'), {}, readObject),
    }
  })
}

/** A token of one of these issuers, signed with the test key. */
export function mintTestToken(issuers: readonly SnapshotIssuer[], options: TestTokenOptions): string {
  requireKnown('mintToken', options, TOKEN_OPTIONS)
  const { kind = 'service' } = options
  requireWord('kind of mintToken', kind, KINDS)
  requireWord('problem of mintToken', options.problem, PROBLEMS)
  const { caller, scopes, ageSeconds, expiresInSeconds, audience, claims: others } = readToken(options)
  const issuer = findIssuer(issuers, options)
  if (options.problem === 'token-malformed') return 'not.a.token'
  const nowSeconds = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer.issuer,
    sub: caller,
    ...(kind === 'user' ? {} : { client_id: caller, client_kind: kind }),
    aud: audience ?? issuer.audience,
    iat: nowSeconds - ageSeconds,
    exp: nowSeconds + expiresInSeconds,
    jti: randomUUID(),
    [issuer.scopeClaim]: scopes.join(' '),
    ...spoil(options.problem, nowSeconds),
    ...others,
  }
  const isForged = options.problem === 'signature-invalid'
  return signToken(claims, isForged ? generateKeyPairSync('ed25519').privateKey : testKey())
}
