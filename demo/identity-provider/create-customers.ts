import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readPrivateJson, writePrivateJson } from '../supervision/private-file.ts'
import type { Customer, ProviderKeys } from './provider-configuration.ts'

const NAMES = [
  'Amara',
  'Bela',
  'Chidi',
  'Dana',
  'Emre',
  'Freya',
  'Goran',
  'Hana',
  'Ines',
  'Jun',
  'Kofi',
  'Lena',
  'Mateo',
  'Nia',
  'Oskar',
  'Priya',
  'Quinn',
  'Rosa',
  'Sven',
  'Tala',
  'Umar',
  'Vera',
  'Wen',
  'Yara',
]

const createCustomer = (name: string, index: number): Customer => ({
  id: `cus-${(2_041 + index * 37).toString()}`,
  email: `${name.toLowerCase()}@customers.example`,
  name,
  password: randomBytes(12).toString('base64url'),
})

function createKeys(): ProviderKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signingKey = {
    ...privateKey.export({ format: 'jwk' }),
    use: 'sig',
    alg: 'ES256',
    kid: randomBytes(8).toString('hex'),
  }
  return { signingKey, cookieKey: randomBytes(32).toString('base64url') }
}

/** The people and keys of the identity provider, the same at every start. */
export function createCustomers(customersPath: string, keysPath: string): void {
  if (readPrivateJson(customersPath) === null) writePrivateJson(customersPath, NAMES.map(createCustomer))
  if (readPrivateJson(keysPath) === null) writePrivateJson(keysPath, createKeys())
}
