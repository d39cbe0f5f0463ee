import { createSingleFlight } from './single-flight.ts'

const ROWS_READ_ANEW_MAX = 2_000

/** Whether so few rows are read anew for every question: small fleets are always exact. */
export const areReadAnew = (rows: number): boolean => rows <= ROWS_READ_ANEW_MAX

/** More are read in turn, so that neither a question nor whoever shares the process waits for all of them. */
const PARTS = 8
/** Nothing answers for longer than so many times as long as it is fresh. */
const STALE_TIMES = 12

/** Of signatures, those whose id leaves this remainder. */
export interface SignaturePart {
  readonly part: number
  readonly parts: number
}

export const ALL_SIGNATURES: SignaturePart = { part: 0, parts: 1 }

/** As a condition on the column that holds the id. All need none, which would mislead the planner about how many there are. */
export const toPartCondition = (column: string, { part, parts }: SignaturePart): string =>
  parts === 1 ? 'true' : `${column} % ${parts} = ${part}`

interface Held<Value> {
  readonly values: readonly Value[]
  /** When the part was read that was read last. */
  readonly at: number
}

/** Something that is read anew for every question where it is small, and may be as old as `toFreshMs` says where it is not. */
export function createHeldParts<Value>(
  load: (which: SignaturePart) => Promise<Value>,
  isSmall: (values: readonly Value[]) => boolean,
  toFreshMs: () => number,
  partsHeld = PARTS,
): () => Promise<readonly Value[]> {
  let held: Held<Value> | null = null
  let next = 0
  const readOnce = createSingleFlight()

  const readParts = async (): Promise<Held<Value>> => {
    const at = performance.now()
    const values: Value[] = []
    while (values.length < partsHeld) values.push(await load({ part: values.length, parts: partsHeld }))
    return (held = { values, at })
  }
  const readWhole = async (): Promise<Held<Value>> => {
    const at = performance.now()
    const values = [await load(ALL_SIGNATURES)]
    return isSmall(values) || values.length === partsHeld ? (held = { values, at }) : readParts()
  }
  const renew = async (known: Held<Value>, due: number): Promise<void> => {
    let { values } = known
    for (let count = 0; count < due; count++) {
      const at = performance.now()
      values = values.with(next, await load({ part: next, parts: partsHeld }))
      held = { values, at }
      next = (next + 1) % partsHeld
    }
  }

  return async () => {
    // Several charts ask at once, of which one reads for all.
    if (held === null) await readOnce(readParts)
    const known: Held<Value> | null = held
    if (known === null || isSmall(known.values)) return (await readWhole()).values
    const freshMs = toFreshMs()
    const age = performance.now() - known.at
    if (age > freshMs * STALE_TIMES) await readOnce(readParts)
    const due = Math.min(partsHeld, Math.floor((age * partsHeld) / freshMs))
    // Who asks next tries again, and hears of the failure once the answer is too old.
    if (due > 0) readOnce(() => renew(known, due)).catch(() => undefined)
    return (held ?? known).values
  }
}
