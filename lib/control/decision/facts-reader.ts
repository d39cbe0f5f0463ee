import { hash as digest } from 'node:crypto'
import { SignatureFacts } from '../../contract/machine.ts'
import { createFactsMemory } from './facts-memory.ts'
import { pathOf } from './field-error.ts'

export interface ReadSignatureFacts {
  readonly facts: SignatureFacts
  /** SHA-256 of the facts with service and environment, in hexadecimal. */
  readonly hash: string
}

/** Where the fault is, from the item, and what it is. */
export interface FactsFault {
  readonly path: string
  readonly detail: string
}

/** An item as it came. */
export type SignatureItem = Readonly<Record<string, unknown>>

export interface FactsSource {
  readonly environmentId: string
  readonly serviceId: string
  readonly replayed: boolean
}

export type ReadFacts = (item: SignatureItem) => ReadSignatureFacts | FactsFault

/** Looks at the facts of an item; at those of one that passed before, for the same source, no more. */
export function createFactsReader(): (source: FactsSource) => ReadFacts {
  const memoryOf = createFactsMemory()
  return (source) => {
    const memory = memoryOf(source)
    return (item) => {
      const known = memory.find(item)
      if (known !== undefined) return known
      const read = parseFacts(omitCounts(item), source)
      if (!('detail' in read)) memory.keep(item, read)
      return read
    }
  }
}

const omitCounts = ({
  revision: _revision,
  count: _count,
  firstAt: _first,
  lastAt: _last,
  tokenAges: _ages,
  ...facts
}: SignatureItem): object => facts

function parseFacts(item: object, source: FactsSource): ReadSignatureFacts | FactsFault {
  const result = SignatureFacts.safeParse(item)
  if (!result.success) return { path: pathOf(result.error), detail: result.error.issues[0]?.message ?? 'is invalid' }
  const facts = result.data
  const contradiction = findContradiction(facts)
  return contradiction === null ? { facts, hash: hashFacts(facts, source) } : { path: '', detail: contradiction }
}

/** What no evaluator could have answered is a fault of the sender, and would be evidence of nothing. */
function findContradiction(facts: SignatureFacts): string | null {
  if ((facts.outcome === 'allowed') !== (facts.reason === null)) return 'has a reason exactly when it was not allowed'
  if (!facts.evaluated && facts.outcome !== 'allowed') return 'was not evaluated, so it cannot be a denial'
  if (facts.outcome === 'denied' && facts.mode !== 'enforce') return 'is denied in a mode that denies nothing'
  if (facts.callerKind === 'anonymous' && facts.caller !== null) return 'names an anonymous caller'
  if (facts.context?.requirementsMet.some((key) => facts.context?.requirementsUnmet.includes(key)) === true)
    return 'has a requirement that was met and was not'
  return null
}

function hashFacts(facts: SignatureFacts, { environmentId, serviceId, replayed }: FactsSource): string {
  const { method, route, mode, outcome, reason, tokenProblem, callerKind, caller, callerHint, issuer } = facts
  const { scopes, missingScopes, sender, context, evaluated } = facts
  const hashed = [
    ...[environmentId, serviceId, method, route, mode, outcome, reason, tokenProblem],
    ...[callerKind, caller, callerHint, issuer, scopes, missingScopes, sender, evaluated, replayed],
    // Signatures without context keep the hash they had before there was any.
    ...(context === null ? [] : [context]),
  ]
  return digest('sha256', JSON.stringify(hashed), 'hex')
}
