import { OTHER } from './read-series.ts'
import type { SignatureGroups } from './signature-groups.ts'

const known = new WeakMap<SignatureGroups, SignatureGroups>()

/** The groups with the largest totals, and all others as one. The same object as before where those are the same groups. */
export function keepLargest(groups: SignatureGroups, totals: Float64Array, groupsMax: number): SignatureGroups {
  const largest = [...groups.names.keys()].sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0)).slice(0, groupsMax)
  const names = [...largest.map((number) => ({ key: groups.names[number]?.key ?? OTHER, label: '' })), REST]
  const before = known.get(groups)
  if (before?.names.every(({ key }, at) => key === names[at]?.key) === true) return before
  const made = regroup(groups, largest, names)
  known.set(groups, made)
  return made
}

const REST = { key: OTHER, label: '' }

function regroup(
  groups: SignatureGroups,
  largest: readonly number[],
  names: SignatureGroups['names'],
): SignatureGroups {
  const numbers = new Int32Array(groups.size).fill(largest.length)
  for (const [number, group] of largest.entries()) numbers[group] = number
  return {
    names,
    places: groups.places,
    groupOf: groups.groupOf.map((group) => numbers[group] ?? 0),
    size: names.length,
  }
}
