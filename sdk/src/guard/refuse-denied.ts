import type { ParsedRule } from '../../../lib/policy/rule.ts'
import { TOKEN_PROBLEMS, type Reason, type SenderConstraint } from '../../../lib/policy/vocabulary.ts'
import { PROOF_ALGORITHMS } from '../sender/proof-key.ts'
import { toRefusal, type Refusal } from './refusal.ts'

/** A token that is too old is answered like an expired one: the caller has to get a new one, and may then try again. */
const isTokenReason = (reason: Reason): boolean =>
  reason === 'token-too-old' || (TOKEN_PROBLEMS as readonly Reason[]).includes(reason)

const scopesOf = (rule: ParsedRule): string =>
  rule.requirements.flatMap((requirement) => (requirement.kind === 'scopes' ? requirement.allOf : [])).join(' ')

/** Scopes that cannot stand in a quoted string are not told. */
const isQuotable = (text: string): boolean => /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text)

/** What of a refused request decides how the answer is put. */
export interface ChallengedCaller {
  /** The token came under DPoP's scheme. */
  readonly usesDpop: boolean
  /** The nonce a proof has to carry, where one was missing. */
  readonly nonce: string | null
  /** When it may try again, where there were too many requests. */
  readonly retryAfterSeconds: () => number
}

const ALGORITHMS = `algs="${PROOF_ALGORITHMS.join(' ')}"`

const asksFor = (rule: ParsedRule, sender: Exclude<SenderConstraint, 'none'>): boolean =>
  rule.requirements.some(
    (requirement) => requirement.kind === 'sender-constraint' && requirement.anyOf.includes(sender),
  )

/** RFC 6750, section 3: without a token there is no error to name. Both schemes where both kinds of tokens would do. */
function invite(rule: ParsedRule): string {
  const takesDpop = asksFor(rule, 'dpop')
  const takesBearer = !takesDpop || asksFor(rule, 'mutual-tls')
  return [...(takesBearer ? ['Bearer'] : []), ...(takesDpop ? [`DPoP ${ALGORITHMS}`] : [])].join(', ')
}

/** What was wrong with a proof is not told, only that it was the proof (RFC 9449, sections 7.1 and 9). */
function proofError(reason: Reason, nonce: string | null): string {
  if (reason !== 'sender-unproven') return 'invalid_token'
  return nonce === null ? 'invalid_dpop_proof' : 'use_dpop_nonce'
}

function challenge(reason: Reason, rule: ParsedRule, { usesDpop, nonce }: ChallengedCaller): string {
  if (reason === 'token-missing' || reason === 'sender-mismatch') return invite(rule)
  if (isTokenReason(reason))
    return usesDpop ? `DPoP error="${proofError(reason, nonce)}", ${ALGORITHMS}` : 'Bearer error="invalid_token"'
  const scope = scopesOf(rule)
  const named = isQuotable(scope) ? `, scope="${scope}"` : ''
  return `${usesDpop ? 'DPoP' : 'Bearer'} error="insufficient_scope"${named}${usesDpop ? `, ${ALGORITHMS}` : ''}`
}

export type RefuseDenied = (reason: Reason, rule: ParsedRule, decisionId: string, caller: ChallengedCaller) => Refusal

/**
 * Refuses a request. It says what a caller can act on and the id by which the decision is found, and nothing about which
 * check failed: whether an identity exists, is disabled or comes from the wrong network is nobody's business outside.
 */
export const refuseDenied: RefuseDenied = (reason, rule, decisionId, caller) => {
  if (reason === 'rate-exceeded')
    return toRefusal(429, { 'retry-after': String(caller.retryAfterSeconds()) }, { decisionId })
  const status = isTokenReason(reason) ? 401 : 403
  const isAboutToken =
    status === 401 || reason === 'scope-missing' || (reason === 'sender-mismatch' && asksFor(rule, 'dpop'))
  const headers = {
    ...(isAboutToken ? { 'www-authenticate': challenge(reason, rule, caller) } : {}),
    ...(caller.nonce === null ? {} : { 'dpop-nonce': caller.nonce }),
  }
  return toRefusal(status, headers, { decisionId })
}
