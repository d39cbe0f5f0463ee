const EDITS_MAX = 2

/** Whether one text becomes the other when no more letters than that are added, left out or changed. */
function isWithin(edits: number, one: string, other: string): boolean {
  if (one === other || edits < 0) return edits >= 0
  const [first, firstOfOther] = [one.charAt(0), other.charAt(0)]
  const [restOfOne, restOfOther] = [one.slice(1), other.slice(1)]
  if (first === firstOfOther) return isWithin(edits, restOfOne, restOfOther)
  return (
    isWithin(edits - 1, restOfOne, other) ||
    isWithin(edits - 1, one, restOfOther) ||
    isWithin(edits - 1, restOfOne, restOfOther)
  )
}

/** The name that was probably meant: the first that differs by no more than two letters. */
export const findNear = (name: string, known: readonly string[]): string | undefined =>
  known.find((candidate) => isWithin(EDITS_MAX, name, candidate))
