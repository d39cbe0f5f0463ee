/** The wanted fields that differ from what is there; undefined ones are not wanted. */
export function changedFields<Wanted extends object>(
  present: { readonly [Name in keyof Wanted]?: unknown },
  wanted: Wanted,
): { [Name in keyof Wanted]?: Exclude<Wanted[Name], undefined> } {
  const changed = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && value !== present[name as keyof Wanted],
  )
  return Object.fromEntries(changed) as { [Name in keyof Wanted]?: Exclude<Wanted[Name], undefined> } // Object.entries forgets the names
}

export const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0
