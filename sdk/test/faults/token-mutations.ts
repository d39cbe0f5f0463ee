/** Tokens that nobody should have made, by the trick they try. */
import { createHmac, createPublicKey } from 'node:crypto'
import type { SeededRandom } from '../seeded-random.ts'
import { encodePart, signBytes, type SigningKey } from '../signing.ts'
import { AUDIENCE, CLAIMS, headerOf, ISSUER, NOW_SECONDS, signTexts, type TokenForge } from './token-forge.ts'

type Mutation = (random: SeededRandom, forge: TokenForge) => string

const ODD_VALUES: readonly unknown[] = [
  ...[null, true, false, [], {}, [[]], [null], NaN],
  ...[0, -1, 1, 1e308, -0, 0.5, NOW_SECONDS, String(NOW_SECONDS)],
  ...[NOW_SECONDS + 61, NOW_SECONDS + 60, NOW_SECONDS - 60, NOW_SECONDS - 61],
  ...['', ' ', AUDIENCE, 'ORDERS', [AUDIENCE], ['x', AUDIENCE], { orders: true }, ISSUER, `${ISSUER}/`],
  ...['x'.repeat(9_000), 'orders:read', '\u0000', '__proto__', ['b64']],
  ...['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'none', 'HS256', 'RS256', 'EdDSA', 'ES256'],
  ...['key-ES256', 'key-EdDSA'],
]
const CLAIM_NAMES = [
  ...['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'nbf', 'jti', 'scope', 'cnf'],
  ...['__proto__', 'constructor', 'extra'],
]
const HEADER_NAMES = [
  ...['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'cty', 'zip'],
  ...['__proto__', 'exp'],
]
const NOISE = ['A', 'B', '-', '_', '=', '+', '/', '.', ' ', '\n', '%', 'é', '\u0000', '']
const BASE64URL = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const CLAIMS_TEXT = JSON.stringify(CLAIMS)

const headerText = (key: SigningKey): string => JSON.stringify(headerOf(key))
const replaceAt = (text: string, index: number, replacement: string): string =>
  text.slice(0, index) + replacement + text.slice(index + 1)
const memberText = (name: string, value: unknown): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`

function mutateObject(random: SeededRandom, object: object, names: readonly string[]): string {
  const entries = new Map<string, unknown>(Object.entries(object))
  for (let count = random.below(3); count >= 0; count--) {
    const name = random.pick(names)
    if (random.next() < 0.2) entries.delete(name)
    else entries.set(name, random.pick(ODD_VALUES))
  }
  const members = [...entries].map(([name, value]) => memberText(name, value))
  // Sometimes a member is there twice, with another value first.
  if (random.next() < 0.1) members.unshift(memberText(random.pick(names), random.pick(ODD_VALUES)))
  return `{${members.join(random.next() < 0.1 ? ' , ' : ',')}}`
}

/** The same member twice, an honest value and a hostile one, in either order. */
function repeatMember(
  random: SeededRandom,
  object: object,
  hostile: Readonly<Record<string, readonly unknown[]>>,
): string {
  const [name, values] = random.pick(Object.entries(hostile))
  const addition = memberText(name, random.pick(values))
  const members = Object.entries(object).map(([each, value]) => memberText(each, value))
  return `{${(random.next() < 0.5 ? [addition, ...members] : [...members, addition]).join(',')}}`
}

const HOSTILE_CLAIMS = {
  aud: ['payments', [AUDIENCE, 'payments'], null],
  exp: [1, NOW_SECONDS + 9_000, '9'],
  iss: ['https://attacker.test'],
  scope: ['admin:write'],
  client_id: ['admin', ['billing']],
}
const HOSTILE_HEADERS = {
  kid: ['key-RS256', 'key-ES256', 'x', null],
  alg: ['none', 'HS256', 'RS256'],
  typ: ['JWT', null],
}

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
const HUGE = [
  ...[`"extra":"${'x'.repeat(5_000)}"`, `"extra":${deep(2_000)}`, `"aud":${deep(500)}`, `"cnf":${deep(900)}`],
  `"aud":[${Array.from({ length: 400 }, (_, index) => `"a${String(index)}"`).join()}]`,
  `"scope":"${Array.from({ length: 700 }, (_, index) => `s:${String(index)}`).join(' ')}"`,
  ...Array.from({ length: 3 }, (_, index) => `"${'k'.repeat(500 + index)}":1`),
  `"exp":${'9'.repeat(400)}`,
  `"iat":-${'9'.repeat(400)}`,
  `"exp":1e999`,
]

/** Seconds around each edge of what is valid, so that one second decides. */
const aroundEdge = (random: SeededRandom): object => {
  const step = random.below(7) - 3 + random.pick([0, 0, 0, 0.5, -0.5])
  return random.pick([
    { exp: NOW_SECONDS - 60 + step },
    { nbf: NOW_SECONDS + 60 + step },
    { iat: NOW_SECONDS + 60 + step },
    { iat: NOW_SECONDS + 60 + step, nbf: NOW_SECONDS - 5 },
    { iat: NOW_SECONDS + 86_400 * random.below(10_000) },
    { nbf: NOW_SECONDS + 60, exp: NOW_SECONDS + 60 + step },
  ])
}

/** Another spelling of the same bytes: spare bits, padding, the other alphabet, blanks. */
function respell(random: SeededRandom, segment: string): string {
  const last = BASE64URL.indexOf(segment.at(-1) ?? 'A')
  return random.pick([
    () => replaceAt(segment, segment.length - 1, BASE64URL[last ^ (1 + random.below(3))] ?? 'A'),
    () => `${segment}${'='.repeat(1 + random.below(3))}`,
    () => segment.replaceAll('-', '+').replaceAll('_', '/') + (/[-_]/.test(segment) ? '' : '='),
    () => replaceAt(segment, random.below(segment.length), `${random.pick([' ', '\n', '\t', '\u0000'])}A`),
    () => ` ${segment}`,
    () => `${segment}A`,
  ])()
}

const FORGERIES: Readonly<Record<string, Mutation>> = {
  'a character exchanged': (random, forge) => {
    const { compact } = forge.pooled(random)
    return replaceAt(compact, random.below(compact.length), random.pick(NOISE))
  },
  'a bit of one part flipped': (random, forge) => {
    const parts = forge
      .pooled(random)
      .compact.split('.')
      .map((part) => Buffer.from(part, 'base64url'))
    const part = random.pick(parts)
    const index = random.below(part.length)
    part[index] = (part[index] ?? 0) ^ (1 << random.below(8))
    return parts.map((each) => each.toString('base64url')).join('.')
  },
  'cut off': (random, forge) => {
    const { compact } = forge.pooled(random)
    return compact.slice(0, random.below(compact.length))
  },
  'other claims under the old signature': (random, forge) => {
    const { header, signature } = forge.pooled(random)
    return `${header}.${encodePart(mutateObject(random, CLAIMS, CLAIM_NAMES))}.${signature}`
  },
  'another header under the old signature': (random, forge) => {
    const { key, payload, signature } = forge.pooled(random)
    return `${encodePart(mutateObject(random, headerOf(key), HEADER_NAMES))}.${payload}.${signature}`
  },
  'parts of two tokens': (random, forge) => {
    const [first, second] = [forge.pooled(random), forge.pooled(random)]
    return random.pick([
      `${first.header}.${second.payload}.${first.signature}`,
      `${second.header}.${first.payload}.${first.signature}`,
      `${first.header}.${first.payload}.${second.signature}`,
    ])
  },
  'without a signature': (random, forge) => {
    const key = random.pick(forge.keys)
    const alg = random.pick(['none', 'None', 'NONE', 'nOnE', '', key.alg])
    return `${encodePart({ ...headerOf(key), alg })}.${encodePart(CLAIMS)}.${random.pick(['', 'AA', 'e30'])}`
  },
  'MAC with the public key': (random, forge) => {
    const key = random.pick(forge.keys)
    const secret = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    const [bits, name] = random.pick([
      ['sha256', 'HS256'],
      ['sha384', 'HS384'],
      ['sha512', 'HS512'],
    ] as const)
    const input = `${encodePart({ ...headerOf(key), alg: random.pick([name, key.alg]) })}.${encodePart(CLAIMS)}`
    const shape = random.pick([
      () => secret.export({ type: 'spki', format: 'pem' }),
      () => secret.export({ type: 'spki', format: 'der' }),
      () => JSON.stringify(key.publicJwk),
    ])
    return `${input}.${createHmac(bits, shape()).update(input).digest('base64url')}`
  },
  'a signature of zeros or of odd length': (random, forge) => {
    const { header, payload } = forge.pooled(random)
    const signature = Buffer.alloc(random.pick([0, 1, 63, 64, 65, 256]), random.pick([0, 1, 255]))
    return `${header}.${payload}.${signature.toString('base64url')}`
  },
  'parts too many, too few or exchanged': (random, forge) => {
    const parts = forge.pooled(random).compact.split('.')
    return Array.from({ length: random.below(6) }, () => random.pick(parts)).join('.')
  },
  'another spelling of the same bytes': (random, forge) => {
    const parts = forge.pooled(random).compact.split('.')
    const index = random.below(3)
    parts[index] = respell(random, parts[index] ?? '')
    return parts.join('.')
  },
  'an unknown or missing kid': (random, forge) => {
    const { key, payload, signature } = forge.pooled(random)
    const kids = ['', null, 7, [key.kid], `${key.kid} `, random.next().toString(36), '../key', "' OR 1=1"]
    const change = random.pick([{ kid: undefined }, ...kids.map((kid) => ({ kid }))])
    return `${encodePart({ ...headerOf(key), ...change })}.${payload}.${signature}`
  },
}

/** Signed by a trusted key, or by one that poses as it: these cost a signature each. */
const SIGNED: Readonly<Record<string, Mutation>> = {
  'odd claims, signed well': (random, forge) => {
    const key = forge.signingKey(random)
    return signTexts(key, headerText(key), mutateObject(random, CLAIMS, CLAIM_NAMES))
  },
  'an odd header, signed well': (random, forge) => {
    const key = forge.signingKey(random)
    return signTexts(key, mutateObject(random, headerOf(key), HEADER_NAMES), CLAIMS_TEXT)
  },
  'signed by a stranger': (random, forge) => {
    const key = random.pick(forge.keys)
    const alg = random.pick(['EdDSA', key.alg])
    return signTexts(
      forge.stranger,
      JSON.stringify({ ...headerOf(key), alg, jwk: forge.stranger.publicJwk }),
      CLAIMS_TEXT,
    )
  },
  'the algorithm of another key': (random, forge) => {
    const key = forge.signingKey(random)
    const other = random.pick(forge.keys)
    return signTexts(
      key,
      JSON.stringify({ typ: 'at+jwt', alg: other.alg, kid: random.pick([key.kid, other.kid]) }),
      CLAIMS_TEXT,
    )
  },
  'times at the edges of the skew': (random, forge) => {
    const key = forge.signingKey(random)
    return signTexts(key, headerText(key), JSON.stringify({ ...CLAIMS, ...aroundEdge(random) }))
  },
  'a member twice': (random, forge) => {
    const key = forge.signingKey(random)
    const isClaim = random.next() < 0.5
    return signTexts(
      key,
      isClaim ? headerText(key) : repeatMember(random, headerOf(key), HOSTILE_HEADERS),
      isClaim ? repeatMember(random, CLAIMS, HOSTILE_CLAIMS) : CLAIMS_TEXT,
    )
  },
  'huge and nested claims': (random, forge) => {
    const key = forge.signingKey(random)
    return signTexts(key, headerText(key), `{${CLAIMS_TEXT.slice(1, -1)},${random.pick(HUGE)}}`)
  },
  'a payload that is no object': (random, forge) => {
    const key = forge.signingKey(random)
    const payload = ['[]', 'null', '1', '"x"', `[${CLAIMS_TEXT}]`, '', '{', `${CLAIMS_TEXT}x`, '\ufeff{}', deep(2_000)]
    return signTexts(key, headerText(key), random.pick(payload))
  },
  'bytes that are not UTF-8': (random, forge) => {
    const key = forge.signingKey(random)
    const payload = Buffer.from(CLAIMS_TEXT)
    payload[random.below(payload.length)] = 0x80 + random.below(128)
    const input = `${encodePart(headerOf(key))}.${payload.toString('base64url')}`
    return `${input}.${signBytes(key, input).toString('base64url')}`
  },
}

export const TOKEN_MUTATIONS = { ...FORGERIES, ...SIGNED }

/** Of all tokens this share costs a signature; each of the others is made of signed ones. */
const SIGNED_SHARE = 0.04

/** How many of `total` tokens each trick gets. */
export const shareOf = (name: string, total: number): number => {
  const group = Object.hasOwn(SIGNED, name) ? SIGNED : FORGERIES
  const share = group === SIGNED ? SIGNED_SHARE : 1 - SIGNED_SHARE
  return Math.ceil((total * share) / Object.keys(group).length)
}
