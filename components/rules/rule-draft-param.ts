import { createParser } from 'nuqs/server'
import { Rule } from '#lib/contract/rule.ts'

/** A rule in the address. What is no rule counts as none. */
export const parseAsRule = createParser({ parse: parseRule, serialize: (rule: Rule) => JSON.stringify(rule) })

function parseRule(text: string): Rule | null {
  try {
    return Rule.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Page of an endpoint with this rule as a draft in its editor, below the environment. */
export const toDraftPath = (endpointId: string, rule: Rule): string =>
  `/endpoints/${endpointId}?draft=${encodeURIComponent(JSON.stringify(rule))}#rule`
