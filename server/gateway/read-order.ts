export interface ReadOrder {
  /** Call before reading; what it answers says, after reading, whether no read that began later was applied meanwhile. */
  begin(key: string): () => boolean
}

/** Keeps a slow old answer from replacing a newer one. */
export function createReadOrder(): ReadOrder {
  const applied = new Map<string, number>()
  let begun = 0
  return {
    begin: (key) => {
      const turn = ++begun
      return () => {
        if ((applied.get(key) ?? 0) > turn) return false
        applied.set(key, turn)
        return true
      }
    },
  }
}
