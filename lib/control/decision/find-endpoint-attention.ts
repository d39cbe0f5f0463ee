import type { AutomaticUndo } from '#lib/store/decisions/read-automatic-undos.ts'
import type { UnforeseenDenial } from '#lib/store/decisions/read-unforeseen-denials.ts'
import type { Rule } from '../../policy/rule.ts'
import type { Mode } from '../../policy/vocabulary.ts'
import { countOf, formatCount } from '../../evidence/count-of.ts'
import { nameSome } from '../../evidence/name-some.ts'
import { callerNames, type AttentionItem } from './attention-item.ts'
import type { EndpointJudgement } from './load-evidence.ts'

export interface AttentionEndpoint {
  readonly id: string
  readonly serviceSlug: string
  readonly method: string
  readonly route: string
  readonly mode: Mode
  readonly rule: Rule | null
  readonly judgement: EndpointJudgement | undefined
}

const title = ({ serviceSlug, method, route }: AttentionEndpoint): string => `${method} ${route} of ${serviceSlug}`
const path = ({ id }: AttentionEndpoint): string => `/endpoints/${id}`

/** What endpoints ask somebody to look at. */
export function findEndpointAttention(
  endpoints: readonly AttentionEndpoint[],
  unforeseen: readonly UnforeseenDenial[],
  undos: readonly AutomaticUndo[],
): AttentionItem[] {
  return [
    ...unforeseenDenials(endpoints, unforeseen),
    ...undoneByItself(endpoints, undos),
    ...endpoints.filter(({ mode }) => mode === 'log-only').flatMap(wouldBreak),
    ...anonymousCallers(endpoints),
    ...endpoints.flatMap(requiresNothing),
    ...noRule(endpoints),
    ...readyToEnforce(endpoints),
  ]
}

function unforeseenDenials(
  endpoints: readonly AttentionEndpoint[],
  unforeseen: readonly UnforeseenDenial[],
): AttentionItem[] {
  const byEndpoint = Map.groupBy(unforeseen, ({ endpointId }) => endpointId)
  return endpoints.flatMap((endpoint) => {
    const denials = byEndpoint.get(endpoint.id) ?? []
    if (denials.length === 0) return []
    const callers = nameSome(denials.map(({ callerKey }) => callerKey.replace(/^[a-z]+:/, '')))
    const count = denials.reduce((sum, { denied }) => sum + denied, 0)
    return [
      {
        kind: 'unforeseen-denial' as const,
        severity: 'critical' as const,
        title: `${title(endpoint)} denies a caller nobody forecast`,
        detail: `${callers}: ${countOf(count, 'request')} denied since the gate was lowered.`,
        path: path(endpoint),
        count,
      },
    ]
  })
}

const undoneByItself = (endpoints: readonly AttentionEndpoint[], undos: readonly AutomaticUndo[]): AttentionItem[] =>
  endpoints.flatMap((endpoint) =>
    undos
      .filter(({ endpointId }) => endpointId === endpoint.id)
      .map(({ reason }) => ({
        kind: 'undone-by-itself' as const,
        severity: 'warning' as const,
        title: `${title(endpoint)} is ${endpoint.mode} again`,
        detail: reason,
        path: path(endpoint),
        count: 1,
      })),
  )

function wouldBreak(endpoint: AttentionEndpoint): AttentionItem[] {
  const { judgement } = endpoint
  if (judgement === undefined || judgement.wouldDeny === 0) return []
  const callers = judgement.callers
    .filter(({ wouldDeny, caller }) => wouldDeny > 0 && caller.kind !== 'anonymous')
    .map(({ caller }) => caller)
  if (callers.length === 0) return []
  const reasons = [
    ...new Set(
      judgement.callers.flatMap((caller) =>
        caller.reasons.flatMap(({ reason, missingScopes }) =>
          missingScopes.length > 0 ? missingScopes.map((scope) => `lacks ${scope}`) : [reason],
        ),
      ),
    ),
  ]
  return [
    {
      kind: 'would-break',
      severity: 'warning',
      title: `${callerNames(callers)} would break at ${title(endpoint)}`,
      detail: `${formatCount(judgement.wouldDeny)} of ${countOf(judgement.requests, 'request')} in 7 days: ${nameSome(reasons)}.`,
      path: path(endpoint),
      count: judgement.wouldDeny,
    },
  ]
}

function anonymousCallers(endpoints: readonly AttentionEndpoint[]): AttentionItem[] {
  const calls = endpoints.flatMap((endpoint) =>
    (endpoint.judgement?.callers ?? [])
      .filter(({ caller, wouldDeny }) => caller.kind === 'anonymous' && wouldDeny > 0)
      .map((summary) => ({ endpoint, summary })),
  )
  return [...Map.groupBy(calls, ({ summary }) => summary.caller.name)].flatMap(([name, group]) => {
    const [first] = group
    if (first === undefined) return []
    const count = group.reduce((sum, { summary }) => sum + summary.wouldDeny, 0)
    return [
      {
        kind: 'anonymous-caller' as const,
        severity: 'warning' as const,
        title: `${name} calls without a valid token`,
        detail: `${countOf(count, 'request')} in 7 days, at ${nameSome(group.map(({ endpoint }) => title(endpoint)))}.`,
        path: path(first.endpoint),
        count,
      },
    ]
  })
}

function requiresNothing(endpoint: AttentionEndpoint): AttentionItem[] {
  if (endpoint.rule === null || endpoint.rule.access === 'public' || endpoint.rule.requirements.length > 0) return []
  const requests = (endpoint.judgement?.requests ?? 0) + (endpoint.judgement?.unevaluatedRequests ?? 0)
  return [
    {
      kind: 'requires-nothing',
      severity: 'warning',
      title: `${title(endpoint)} requires nothing but a token`,
      detail: `Any identity with a token for ${endpoint.serviceSlug} may call it: ${countOf(requests, 'request')} in 7 days.`,
      path: path(endpoint),
      count: requests,
    },
  ]
}

function noRule(endpoints: readonly AttentionEndpoint[]): AttentionItem[] {
  const byService = Map.groupBy(
    endpoints.filter(({ rule }) => rule === null),
    ({ serviceSlug }) => serviceSlug,
  )
  return [...byService].map(([serviceSlug, group]) => ({
    kind: 'no-rule' as const,
    severity: 'notice' as const,
    title: `${countOf(group.length, 'endpoint')} of ${serviceSlug} without a rule`,
    detail: `${nameSome(group.map(({ method, route }) => `${method} ${route}`))}: nobody has said what ${group.length === 1 ? 'it requires' : 'they require'}.`,
    path: `/endpoints?service=${serviceSlug}`,
    count: group.length,
  }))
}

function readyToEnforce(endpoints: readonly AttentionEndpoint[]): AttentionItem[] {
  const ready = endpoints.filter(({ mode, judgement }) => mode === 'log-only' && judgement?.readiness === 'ready')
  if (ready.length === 0) return []
  return [
    {
      kind: 'ready-to-enforce',
      severity: 'notice',
      title: `${formatCount(ready.length)} ${ready.length === 1 ? 'endpoint is' : 'endpoints are'} ready to enforce`,
      detail: `${nameSome(ready.map(title))}: nothing would have been denied.`,
      path: '/endpoints?mode=log-only&readiness=ready',
      count: ready.length,
    },
  ]
}
