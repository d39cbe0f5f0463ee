/** jose, told the same rules: an independent opinion on a token. */
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type CryptoKey } from 'jose'
import { AUDIENCE, ISSUER, NOW_SECONDS, type TokenForge } from './token-forge.ts'

const REQUIRED = ['exp', 'iat', 'sub', 'client_id']

type KnownKeys = ReadonlyMap<string, { readonly alg: string; readonly key: CryptoKey | Uint8Array }>

export class TokenOracle {
  readonly #keys: KnownKeys

  private constructor(keys: KnownKeys) {
    this.#keys = keys
  }

  static async of(forge: TokenForge): Promise<TokenOracle> {
    const keys = forge.keys.map(
      async ({ kid, alg, publicJwk }) => [kid, { alg, key: await importJWK({ ...publicJwk }, alg) }] as const,
    )
    return new TokenOracle(new Map(await Promise.all(keys)))
  }

  async accepts(token: string): Promise<boolean> {
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => {
          const known = this.#keys.get(header.kid ?? '')
          if (known?.alg !== header.alg) throw new Error('no such key')
          return known.key
        },
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: 'at+jwt',
          clockTolerance: 60,
          currentDate: new Date(NOW_SECONDS * 1000),
          requiredClaims: REQUIRED,
        },
      )
      return typeof payload['client_id'] === 'string' && (payload.iat ?? 0) <= NOW_SECONDS + 60
    } catch {
      return false
    }
  }
}

const isName = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 200
const isOptional = (value: unknown, holds: (value: unknown) => boolean): boolean => value === undefined || holds(value)
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 253_402_300_800
const areWords = (value: unknown): boolean => {
  const words: readonly unknown[] | null =
    typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : Array.isArray(value) ? value : null
  return words !== null && words.length <= 200 && words.every(isName)
}
const areAudiences = (value: unknown): boolean =>
  !Array.isArray(value) || (value.length <= 50 && value.every((audience) => typeof audience === 'string'))

const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

/**
 * Whether a token that jose takes is one that the middleware refuses on purpose: in another spelling than the one, bound to
 * its sender, with extensions, beyond a bound, or with a claim of the wrong type that jose does not look at.
 */
export function isRefusedOnPurpose(token: string): boolean {
  const [header, claims] = [decodeProtectedHeader(token), decodeJwt(token)]
  return (
    !token.split('.').every(isCanonical) ||
    token.length > 8_192 ||
    token.indexOf('.') > 512 ||
    Object.hasOwn(header, 'crit') ||
    Object.hasOwn(header, 'b64') ||
    Object.hasOwn(claims, 'cnf') ||
    ![claims.sub, claims['client_id']].every(isName) ||
    ![claims.exp, claims.iat].every(isTime) ||
    !isOptional(claims.nbf, isTime) ||
    !isOptional(claims.jti, isName) ||
    !isOptional(claims['scope'], areWords) ||
    !areAudiences(claims.aud)
  )
}
