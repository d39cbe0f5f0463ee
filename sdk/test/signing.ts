import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../../lib/policy/snapshot.ts'

export type SigningAlgorithm = PublicJwk['alg']

export interface SigningKey {
  readonly alg: SigningAlgorithm
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
}

const generate = (alg: SigningAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } => {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  return alg === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
}

export function makeSigningKey(alg: SigningAlgorithm, kid: string): SigningKey {
  const { publicKey, privateKey } = generate(alg)
  const jwk = publicKey.export({ format: 'jwk' })
  return { alg, kid, privateKey, publicJwk: { ...jwk, kid, alg } as unknown as PublicJwk } // a JWK with its kid and alg is one
}

/** Key of the signatures over snapshots; `pin` is what a service is configured with. */
export interface ConfigSigningKey {
  readonly privateKey: KeyObject
  readonly keyId: string
  readonly pin: string
}

export function makeConfigKey(): ConfigSigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const keyId = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
  return { privateKey, keyId, pin: x }
}

export const encodePart = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

export function signBytes(key: SigningKey, input: string): Buffer {
  if (key.alg === 'EdDSA') return sign(null, Buffer.from(input), key.privateKey)
  return sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
}

/** A compact token from any header and payload, well-formed or not. */
export function signToken(key: SigningKey, payload: unknown, header: object = {}): string {
  const input = `${encodePart({ typ: 'at+jwt', alg: key.alg, kid: key.kid, ...header })}.${encodePart(payload)}`
  return `${input}.${signBytes(key, input).toString('base64url')}`
}

export function signSnapshot(key: ConfigSigningKey, body: Buffer, header: object = {}): string {
  const segment = encodePart({
    alg: 'EdDSA',
    kid: key.keyId,
    typ: 'stepgate-snapshot',
    b64: false,
    crit: ['b64'],
    ...header,
  })
  const signature = sign(null, Buffer.concat([Buffer.from(`${segment}.`), body]), key.privateKey)
  return `${segment}..${signature.toString('base64url')}`
}
