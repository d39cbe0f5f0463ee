/** Keys, a trust in them, and tokens signed beforehand, so that making a hostile one costs next to nothing. */
import type { Snapshot } from '../../../lib/policy/snapshot.ts'
import { toTrust, type Trust } from '../../src/token/trust.ts'
import { TestControlPlane } from '../control-plane.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { encodePart, makeSigningKey, signBytes, type SigningAlgorithm, type SigningKey } from '../signing.ts'

export const NOW_SECONDS = 1_800_000_000
export const ISSUER = 'https://stepgate.test/e/production'
export const AUDIENCE = 'orders'

export const CLAIMS = {
  iss: ISSUER,
  sub: 'billing',
  client_id: 'billing',
  aud: AUDIENCE,
  iat: NOW_SECONDS - 10,
  exp: NOW_SECONDS + 890,
  jti: 'token-1',
  scope: 'orders:read orders:refund',
}

/** A signed token in its parts. */
export interface PooledToken {
  readonly key: SigningKey
  readonly header: string
  readonly payload: string
  readonly signature: string
  readonly compact: string
}

const POOL_PER_KEY = 24
const RSA = 'RS256'

export const headerOf = (key: SigningKey): object => ({ typ: 'at+jwt', alg: key.alg, kid: key.kid })

/** Signs a header and a payload given as texts, well-formed or not. */
export function signTexts(key: SigningKey, header: string, payload: string): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`
  return `${input}.${signBytes(key, input).toString('base64url')}`
}

function toPooled(key: SigningKey, index: number): PooledToken {
  const compact = signTexts(
    key,
    JSON.stringify(headerOf(key)),
    JSON.stringify({ ...CLAIMS, jti: `token-${String(index)}` }),
  )
  const [header = '', payload = '', signature = ''] = compact.split('.')
  return { key, header, payload, signature, compact }
}

function toSnapshot(keys: readonly SigningKey[]): Snapshot {
  const { snapshot } = new TestControlPlane()
  return {
    ...snapshot,
    issuers: snapshot.issuers.map((issuer) => ({
      ...issuer,
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: keys.map(({ publicJwk }) => publicJwk),
    })),
  }
}

export class TokenForge {
  readonly keys: readonly SigningKey[] = (['EdDSA', 'ES256', RSA] as const).map((alg) =>
    makeSigningKey(alg, `key-${alg}`),
  )
  /** Has the name of a trusted key, and is not trusted. */
  readonly stranger: SigningKey = makeSigningKey('EdDSA', 'key-EdDSA')
  readonly snapshot: Snapshot = toSnapshot(this.keys)
  readonly trust: Trust = toTrust(this.snapshot)
  readonly #pool: readonly PooledToken[] = this.keys.flatMap((key) =>
    Array.from({ length: POOL_PER_KEY }, (_, index) => toPooled(key, index)),
  )

  keyOf(alg: SigningAlgorithm): SigningKey {
    const key = this.keys.find((candidate) => candidate.alg === alg)
    if (key === undefined) throw new Error(`no key for ${alg}`)
    return key
  }

  /** A well-signed token. Mostly an RSA one, as those are verified fastest. */
  pooled(random: SeededRandom): PooledToken {
    const offset = random.next() < 0.8 ? 2 * POOL_PER_KEY + random.below(POOL_PER_KEY) : random.below(this.#pool.length)
    const token = this.#pool[offset]
    if (token === undefined) throw new Error('the pool is empty')
    return token
  }

  /** A key to sign with. Hardly ever the RSA one, as that signs slowest. */
  signingKey(random: SeededRandom): SigningKey {
    return random.next() < 0.02 ? this.keyOf(RSA) : random.pick(this.keys.slice(0, 2))
  }
}
