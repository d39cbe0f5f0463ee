import type { ParsedRule } from './rule.ts'

/**
 * Names a requirement whose answer has to be recorded, because it rests on what identical facts do not share: the address,
 * the moment, or the request itself. Requirements that ask the same have the same key; null for all others.
 */
export function requirementKey(requirement: ParsedRule['requirements'][number]): string | null {
  switch (requirement.kind) {
    case 'network':
      return `network ${[...requirement.cidrs].sort().join(' ')}`
    case 'rate':
      return `rate ${requirement.requestsMax.toString()}/${requirement.windowSeconds.toString()}`
    case 'condition':
      return `condition ${requirement.expression}`
    default:
      return null
  }
}
