/**
 * Rounds of alternating measurements in one process, in CPU time of all its threads; the median of each. Other work on the
 * machine then disturbs little, and all alike.
 */
export interface Subject {
  readonly name: string
  /** Called before the work, and not measured. */
  readonly prepare?: (times: number) => void
  /** Does the work so many times. */
  readonly run: (times: number) => void | Promise<void>
  readonly times: number
}

const WARM_UP_ROUNDS = 8

export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0

/** Nanoseconds for one piece of work, by name of the subject. */
export async function measure(
  subjects: readonly Subject[],
  rounds: number,
  warmUpRounds = WARM_UP_ROUNDS,
): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (const { name, prepare, run, times } of subjects) {
      prepare?.(times)
      const before = process.cpuUsage()
      await run(times)
      const { user, system } = process.cpuUsage(before)
      // Until everything is compiled it does not count: what is measured is a service that has been up for a while.
      if (round >= warmUpRounds) samples.get(name)?.push(((user + system) * 1000) / times)
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]))
}

export function printTable(
  title: string,
  results: ReadonlyMap<string, number>,
  base: string,
  unit: (value: number) => string,
): void {
  const reference = results.get(base) ?? Number.NaN
  console.log(`\n${title}`)
  for (const [name, value] of results)
    console.log(
      `  ${name.padEnd(46)} ${unit(value).padStart(12)}   ${(value / reference).toFixed(value / reference < 0.1 ? 4 : 2).padStart(8)} × ${name === base ? '(base)' : ''}`,
    )
}

export const nanoseconds = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} µs` : `${value.toFixed(0)} ns`
