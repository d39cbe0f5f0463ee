export interface BoundedMemory<Value> {
  find(key: string): Value | undefined
  keep(key: string, value: Value): void
}

/** Forgets what was kept first once it holds too many entries, or too many characters of keys. */
export function createBoundedMemory<Value>({
  entriesMax,
  charactersMax,
}: {
  readonly entriesMax: number
  readonly charactersMax: number
}): BoundedMemory<Value> {
  const entries = new Map<string, Value>()
  let characters = 0

  const forgetFirst = (): void => {
    const first = entries.keys().next()
    if (first.done === true) return
    characters -= first.value.length
    entries.delete(first.value)
  }

  return {
    find: (key) => entries.get(key),
    keep: (key, value) => {
      if (entries.has(key) || key.length > charactersMax) return
      entries.set(key, value)
      characters += key.length
      while (entries.size > entriesMax || characters > charactersMax) forgetFirst()
    },
  }
}
