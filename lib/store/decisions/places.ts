/** A number for each id, in the order in which they are met. */
export interface Places {
  readonly placeOf: (signatureId: number) => number
  /** How many were met. */
  readonly count: () => number
}

export function createPlaces(): Places {
  const places = new Map<number, number>()
  return {
    count: () => places.size,
    placeOf: (signatureId) => {
      const known = places.get(signatureId)
      if (known !== undefined) return known
      places.set(signatureId, places.size)
      return places.size - 1
    },
  }
}
