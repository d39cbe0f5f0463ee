import { callerBucket } from '../policy/caller-bucket.ts'
import type { Side } from './compare-sides.ts'
import type { FleetGate } from './fleet.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** Keys that are the same where nothing differs that a comparison rests on. */
export function createComparisonKeys(): (facts: RecordedFacts, before: Side, after: Side) => string {
  const numberOf = createNumbers()
  const toText = ({ rule, scopes, lifetimeSeconds, gate }: Side): string =>
    `${String(numberOf(rule))} ${String(numberOf(scopes))} ${String(lifetimeSeconds)} ${toGateText(gate)}`
  return (facts, before, after) => {
    const { tokenProblem, sender, context, tokenAges } = facts
    const record = `${String(tokenProblem)} ${sender} ${String(numberOf(context))} ${String(tokenAges === null)}`
    const standing = before.gate === null ? '' : standingOf(facts)
    return `${toText(before)} ${toText(after)} ${record} ${standing}`
  }
}

const toGateText = (gate: FleetGate | null): string => (gate === null ? '' : `${gate.mode} ${String(gate.percent)}`)

/** People stand one by one. */
const standingOf = ({ callerKind, caller }: RecordedFacts): string =>
  callerKind === 'user' || caller === null ? `${callerKind} ${String(caller === null)}` : String(callerBucket(caller))

/** A number for each thing; those that read the same have the same. */
function createNumbers(): (thing: object | null) => number {
  const byThing = new Map<object | null, number>()
  const byText = new Map<string, number>()
  const read = (thing: object | null): number => {
    const text = JSON.stringify(thing)
    const number = byText.get(text) ?? byText.size
    byText.set(text, number)
    byThing.set(thing, number)
    return number
  }
  return (thing) => byThing.get(thing) ?? read(thing)
}
