import { randomUUID, sign } from 'node:crypto'
import type { EnvironmentTrust } from '../publication/load-environment-trust.ts'
import type { Client } from './client.ts'
import type { Subject } from './decide-exchange.ts'
import type { TokenDecision } from './decide-token.ts'

/** Who alone may use a token: the holder of a key (RFC 9449, section 6.1) or of a certificate (RFC 8705, section 3.1). */
export type SenderBinding =
  { readonly kind: 'none' } | { readonly kind: 'dpop' | 'mutual-tls'; readonly thumbprint: string }

/** What a token says besides what was decided. */
export interface TokenBearing {
  /** Whom the token is about, where that is not the client itself (RFC 8693). */
  readonly subject: Pick<Subject, 'sub' | 'subjectId' | 'scopes' | 'act'> | null
  readonly binding: SenderBinding
}

const toConfirmation = (binding: SenderBinding): object => {
  if (binding.kind === 'none') return {}
  return { cnf: binding.kind === 'dpop' ? { jkt: binding.thumbprint } : { 'x5t#S256': binding.thumbprint } }
}

/** Longer lists stay out of tokens: who is called with such a one asks with the person’s own token. */
const SUBJECT_SCOPE_LENGTH_MAX = 1_000

/**
 * The client acts for the subject, after those who did before. `sub_scope` is ours: what a person may do at all, which only the
 * person’s own token says, so that the service that is called can act for the person in turn.
 */
function toSubjectClaims({ sub, subjectId, scopes, act }: NonNullable<TokenBearing['subject']>, clientId: string) {
  const subjectScope = scopes.join(' ')
  return {
    sub,
    ...(subjectId === null ? {} : { sub_id: subjectId }),
    ...(subjectId === null || subjectScope.length > SUBJECT_SCOPE_LENGTH_MAX ? {} : { sub_scope: subjectScope }),
    act: { sub: clientId, ...(act === null ? {} : { act }) },
  }
}

/** A JWT access token (RFC 9068). `client_kind` is ours: it tells the service whether another service or an integration calls. */
export function signAccessToken(
  trust: EnvironmentTrust,
  client: Pick<Client, 'clientId' | 'kind'>,
  decision: TokenDecision,
  now: Date,
  { subject, binding }: TokenBearing = { subject: null, binding: { kind: 'none' } },
): string {
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const { keyId, privateKey } = trust.keys.tokenKey
  const claims = {
    iss: trust.issuer,
    ...(subject === null ? { sub: client.clientId } : toSubjectClaims(subject, client.clientId)),
    client_id: client.clientId,
    client_kind: client.kind,
    aud: decision.audience,
    iat: issuedAt,
    exp: issuedAt + decision.lifetimeSeconds,
    jti: randomUUID(),
    scope: decision.scopes.join(' '),
    ...toConfirmation(binding),
  }
  const signingInput = `${encode({ typ: 'at+jwt', alg: 'EdDSA', kid: keyId })}.${encode(claims)}`
  return `${signingInput}.${sign(null, Buffer.from(signingInput), privateKey).toString('base64url')}`
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
