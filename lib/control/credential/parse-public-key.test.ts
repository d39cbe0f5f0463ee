import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { parsePublicKey } from './parse-public-key.ts'

const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const pem = (key: { publicKey: import('node:crypto').KeyObject }) =>
  String(key.publicKey.export({ type: 'spki', format: 'pem' }))

describe('a public key', () => {
  it.each([
    ['Ed25519', ed25519, 'EdDSA'],
    ['P-256', p256, 'ES256'],
    ['RSA', rsa(2_048), 'RS256'],
  ] as const)('%s is read from PEM and JWK alike, with its RFC 7638 thumbprint', async (_name, pair, alg) => {
    const fromPem = parsePublicKey(pem(pair))
    const fromJwk = parsePublicKey(
      JSON.stringify({ ...pair.publicKey.export({ format: 'jwk' }), kid: 'mine', extra: 1 }),
    )
    expect(fromPem).toEqual(fromJwk)
    expect(fromPem.alg).toBe(alg)
    expect(fromPem.kid).toBe(
      await calculateJwkThumbprint(pair.publicKey.export({ format: 'jwk' }) as import('jose').JWK),
    )
  })

  it('refuses private keys in either form, without repeating them', () => {
    expect(() => parsePublicKey(String(ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' })))).toThrow(
      'private key',
    )
    expect(() => parsePublicKey(JSON.stringify(p256.privateKey.export({ format: 'jwk' })))).toThrow('private key')
  })

  it('refuses weak and unsuitable keys', () => {
    expect(() => parsePublicKey(pem(rsa(1_024)))).toThrow('1024 bits')
    expect(() => parsePublicKey(pem(rsa(2_048, 3)))).toThrow('small exponent')
    expect(() => parsePublicKey(pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })))).toThrow(
      'must be Ed25519, P-256 or RSA',
    )
    expect(() => parsePublicKey(pem(generateKeyPairSync('x25519')))).toThrow('must be Ed25519, P-256 or RSA')
    expect(() => parsePublicKey('{"kty":"oct","k":"c2VjcmV0"}')).toThrow('private key')
  })

  it('refuses what is no key', () => {
    for (const text of [
      '{',
      '{}',
      'hello',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ]) {
      expect(() => parsePublicKey(text)).toThrow('public key')
    }
  })
})
