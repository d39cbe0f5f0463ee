import { callerBucket } from '../policy/caller-bucket.ts'
import type { Side } from './compare-sides.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** Numbers of parts are below, so that one number tells two of them. */
const NUMBERS_MAX = 2 ** 26

/** Keys that are the same where nothing differs that a comparison rests on. */
export function createComparisonKeys(): (facts: RecordedFacts, before: Side, after: Side) => number {
  const numberOf = createNumbers()
  const pairs = new Map<number, number>()
  /** One number for two, so that keys of many parts leave no text behind. */
  const pair = (left: number, right: number): number => {
    const both = left * NUMBERS_MAX + right
    const known = pairs.get(both)
    if (known !== undefined) return known
    pairs.set(both, pairs.size)
    return pairs.size - 1
  }
  const sideOf = ({ rule, scopes, lifetimeSeconds, gate }: Side): number =>
    pair(pair(numberOf(rule), numberOf(scopes)), pair(numberOf(lifetimeSeconds), numberOf(gate)))
  return (facts, before, after) => {
    const { tokenProblem, sender, context, tokenAges } = facts
    const record = pair(
      pair(numberOf(tokenProblem), numberOf(sender)),
      pair(numberOf(context), Number(tokenAges === null)),
    )
    const standing = before.gate === null ? 0 : numberOf(standingOf(facts))
    return pair(pair(sideOf(before), sideOf(after)), pair(record, standing))
  }
}

/** People stand one by one. */
const standingOf = ({ callerKind, caller }: RecordedFacts): string | number =>
  callerKind === 'user' || caller === null ? `${callerKind} ${String(caller === null)}` : callerBucket(caller)

type Part = object | string | number | null

/** A number for each part; those that read the same have the same. */
function createNumbers(): (part: Part) => number {
  const byPart = new Map<Part, number>()
  const byText = new Map<string, number>()
  const read = (part: Part): number => {
    const text = JSON.stringify(part)
    const number = byText.get(text) ?? byText.size
    byText.set(text, number)
    byPart.set(part, number)
    return number
  }
  return (part) => byPart.get(part) ?? read(part)
}
