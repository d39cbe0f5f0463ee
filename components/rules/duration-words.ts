const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['min', 60],
] as const

const plural = (unit: string, count: number): string => (unit === 'min' || count === 1 ? unit : `${unit}s`)

/** A lifetime or an age, exactly and briefly: `15 min`, `1 hour 30 min`, `45 s`. */
export function toDurationWords(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${String(count)} ${plural(unit, count)}`)
  }
  if (rest > 0 || parts.length === 0) parts.push(`${String(rest)} s`)
  return parts.join(' ')
}
