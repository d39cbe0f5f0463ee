import type { Rule } from '#lib/contract/rule.ts'
import type { Mode } from '#lib/policy/vocabulary.ts'

export interface EndpointPlan {
  readonly method: string
  readonly route: string
  /** Null: nobody has said what it requires. */
  readonly rule: Rule | null
  readonly mode: Mode
  readonly percent: number
}

export interface ServicePlan {
  readonly slug: string
  readonly name: string
  readonly team: string
  readonly description: string
  readonly scopes: Readonly<Record<string, string>>
  readonly endpoints: readonly EndpointPlan[]
}

export const PUBLIC: Rule = { access: 'public', requirements: [] }
/** A valid token, and nothing else. */
export const ANY_TOKEN: Rule = { access: 'token', requirements: [] }
export const needs = (...scopes: string[]): Rule => ({
  access: 'token',
  requirements: [{ kind: 'scopes', allOf: scopes }],
})
export const needsFresh = (seconds: number, ...scopes: string[]): Rule => ({
  access: 'token',
  requirements: [
    { kind: 'scopes', allOf: scopes },
    { kind: 'max-token-age', seconds },
  ],
})

/** `GET /orders/:orderId` with its rule and the mode in which the demo starts. */
export function endpoint(name: string, rule: Rule | null, mode: Mode, percent = 100): EndpointPlan {
  const [method = '', route = ''] = name.split(' ')
  return { method, route, rule, mode, percent }
}
