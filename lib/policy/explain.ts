import type { CheckResult, Facts } from './decision.ts'
import { findUnmetReason, missingScopes } from './evaluate.ts'
import type { ParsedRule } from './rule.ts'
import {
  CHECKS,
  TOKEN_PROBLEMS,
  type Check,
  type DeviceStanding,
  type Reason,
  type TokenProblem,
} from './vocabulary.ts'

type ParsedRequirement = ParsedRule['requirements'][number]

const CHECK_OF_TOKEN_PROBLEM: Readonly<Record<TokenProblem, Check>> = {
  'token-missing': 'token',
  'token-malformed': 'token',
  'issuer-untrusted': 'issuer',
  'signature-invalid': 'signature',
  'token-not-yet-valid': 'validity',
  'token-expired': 'validity',
  'audience-mismatch': 'audience',
  'identity-disabled': 'identity',
  'token-revoked': 'revocation',
  'sender-unproven': 'sender',
}

const TOKEN_CHECKS = [...new Set(TOKEN_PROBLEMS.map((problem) => CHECK_OF_TOKEN_PROBLEM[problem]))]

const CHECK_OF_REQUIREMENT: Readonly<Record<ParsedRequirement['kind'], Check>> = {
  scopes: 'scopes',
  'max-token-age': 'token-age',
  'sender-constraint': 'sender',
  network: 'network',
  'autonomous-system': 'network',
  country: 'country',
  'known-device': 'device',
  rate: 'rate',
  signals: 'signals',
  condition: 'condition',
  unknown: 'requirement',
}

/** Which check a reason belongs to. */
export function checkOfReason(reason: Reason): Check {
  if (reason in CHECK_OF_TOKEN_PROBLEM) return CHECK_OF_TOKEN_PROBLEM[reason as TokenProblem] // the line's own condition
  switch (reason) {
    case 'scope-missing':
      return 'scopes'
    case 'token-too-old':
      return 'token-age'
    case 'sender-mismatch':
      return 'sender'
    case 'network-not-allowed':
      return 'network'
    case 'country-not-allowed':
      return 'country'
    case 'device-not-allowed':
      return 'device'
    case 'rate-exceeded':
      return 'rate'
    case 'signal-raised':
      return 'signals'
    case 'condition-not-met':
      return 'condition'
    case 'endpoint-unknown':
      return 'endpoint'
    default:
      return 'requirement'
  }
}

const PROBLEM_DETAIL: Readonly<Record<TokenProblem, string>> = {
  'token-missing': 'no bearer token was sent',
  'token-malformed': 'the token is not a well-formed access token',
  'issuer-untrusted': 'the token comes from an issuer this service does not trust',
  'signature-invalid': 'the signature does not match a key of the issuer',
  'token-not-yet-valid': 'the token is not valid yet',
  'token-expired': 'the token has expired',
  'audience-mismatch': 'the token is meant for another service',
  'identity-disabled': 'the identity is disabled',
  'token-revoked': 'the token was revoked',
  'sender-unproven': 'the token is bound to a key whose possession was not proven',
}

const PASSED_DETAIL: Readonly<Partial<Record<Check, (facts: Facts) => string>>> = {
  token: () => 'a well-formed token was sent',
  issuer: (facts) => (facts.issuer === null ? 'the issuer is trusted' : `issued by ${facts.issuer}`),
  signature: () => 'signed by a key of the issuer',
  validity: () => 'within its lifetime',
  audience: () => 'meant for this service',
  identity: (facts) => (facts.caller === null ? 'the identity is enabled' : `${facts.caller} is enabled`),
  revocation: () => 'not revoked',
  sender: ({ sender }) => (sender === 'none' ? 'bound to no key: nothing to prove' : `proven by ${sender}`),
}

function explainToken(facts: Facts): CheckResult[] {
  const failed = facts.tokenProblem === null ? null : CHECK_OF_TOKEN_PROBLEM[facts.tokenProblem]
  const known = failed === null ? TOKEN_CHECKS : TOKEN_CHECKS.slice(0, TOKEN_CHECKS.indexOf(failed) + 1)
  return known.map((check) =>
    check === failed && facts.tokenProblem !== null
      ? { check, passed: false, detail: PROBLEM_DETAIL[facts.tokenProblem] }
      : { check, passed: true, detail: PASSED_DETAIL[check]?.(facts) ?? '' },
  )
}

const DEVICE_DETAIL: Readonly<Record<DeviceStanding, string>> = {
  none: 'nothing tells the device apart',
  new: 'it was not accepted for this caller',
  known: 'it was',
}

const listed = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(' '))

function detailOf(facts: Facts, requirement: ParsedRequirement): string {
  const { context } = facts
  switch (requirement.kind) {
    case 'scopes': {
      const missing = missingScopes(facts, { access: 'token', requirements: [requirement] })
      return `needs ${listed(requirement.allOf)}; missing ${listed(missing)}`
    }
    case 'max-token-age':
      return `at most ${String(requirement.seconds)} s old; is ${facts.tokenAgeSeconds === null ? 'unknown' : `${String(Math.round(facts.tokenAgeSeconds))} s`}`
    case 'sender-constraint':
      return `needs ${requirement.anyOf.join(' or ')}; is ${facts.sender}`
    case 'network':
      return `${facts.address ?? 'an unknown address'}; allowed from ${String(requirement.cidrs.length)} networks`
    case 'autonomous-system':
      return `needs ${requirement.anyOf.map((number) => `AS${String(number)}`).join(' or ')}; is ${context.autonomousSystem === null ? 'unknown' : `AS${String(context.autonomousSystem)}`}`
    case 'country':
      return `needs ${requirement.anyOf.join(' or ')}; is ${context.country ?? 'unknown'}`
    case 'known-device':
      return `needs a device that was accepted; ${DEVICE_DETAIL[context.device]}`
    case 'rate':
      return `at most ${String(requirement.requestsMax)} requests in ${String(requirement.windowSeconds)} s; this is ${context.recentRequests === null ? 'not counted' : `number ${String(context.recentRequests)}`}`
    case 'signals':
      return `refuses ${listed(requirement.noneOf)}; raised ${listed(context.signals)}`
    case 'condition':
      return requirement.expression
    default:
      return `a requirement of kind "${requirement.statedKind.slice(0, 60)}" is not known to this version`
  }
}

/** Problems after which nothing the token says may be believed, so that checking its contents would mislead. */
const UNREADABLE: readonly (TokenProblem | null)[] = [
  'token-missing',
  'token-malformed',
  'issuer-untrusted',
  'signature-invalid',
]

function explainRequirements(facts: Facts, rule: ParsedRule): CheckResult[] {
  if (rule.access !== 'public' && UNREADABLE.includes(facts.tokenProblem)) return []
  return rule.requirements
    .map((requirement) => ({
      check: CHECK_OF_REQUIREMENT[requirement.kind],
      passed: findUnmetReason(facts, requirement) === null,
      detail: detailOf(facts, requirement).slice(0, 400),
    }))
    .sort((left, right) => CHECKS.indexOf(left.check) - CHECKS.indexOf(right.check))
}

/**
 * Every check of a decision with its outcome, in the order in which they count: the first that failed is the reason that
 * {@link evaluate} gives. Checks that could not be made because an earlier one failed are left out.
 */
export function explain(facts: Facts, rule: ParsedRule): CheckResult[] {
  const endpoint: CheckResult = { check: 'endpoint', passed: true, detail: 'a declared endpoint' }
  const token: CheckResult[] =
    rule.access === 'public'
      ? [{ check: 'token', passed: true, detail: 'public: no token is asked for' }]
      : explainToken(facts)
  return [endpoint, ...token, ...explainRequirements(facts, rule)]
}

/** The checks of a request for a route that no endpoint of the snapshot covers. */
export function explainUndeclared(facts: Facts): CheckResult[] {
  return [
    { check: 'endpoint', passed: false, detail: 'no endpoint is declared for this route' },
    ...explainToken(facts),
  ]
}
