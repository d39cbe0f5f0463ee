import type { CountedBatch } from '#lib/store/decisions/store-batches.ts'
import type { NewSample } from '#lib/store/decisions/store-samples.ts'
import { ControlError } from '../control-error.ts'

const ROWS_PER_COMMIT_MAX = 100_000
const ROWS_WAITING_MAX = 400_000

/** What one report of an instance adds. */
export interface BatchRows extends CountedBatch {
  readonly samples: readonly NewSample[]
}

/** Stores batches; answers the keys of those that were new. */
export type Store = (batches: readonly BatchRows[]) => Promise<ReadonlySet<string>>

interface Waiting {
  readonly batch: BatchRows
  readonly resolve: (isNew: boolean) => void
  readonly reject: (error: unknown) => void
}

const sizeOf = ({ counts, samples }: BatchRows): number => 1 + counts.length + samples.length

/**
 * One commit at a time; what arrives meanwhile shares the next. Nobody waits for company: alone, a batch is committed at once. When a
 * commit fails that several share, each is tried alone, so that a bad one fails alone.
 */
export function createGroupCommit(store: Store): (batch: BatchRows) => Promise<boolean> {
  const queue: Waiting[] = []
  let rowsWaiting = 0
  let running = false

  const takeGroup = (): Waiting[] => {
    let rows = 0
    const full = queue.findIndex(({ batch }, index) => (rows += sizeOf(batch)) > ROWS_PER_COMMIT_MAX && index > 0)
    const group = queue.splice(0, full === -1 ? queue.length : full)
    for (const { batch } of group) rowsWaiting -= sizeOf(batch)
    return group
  }

  const run = async (): Promise<void> => {
    running = true
    while (queue.length > 0) await commit(takeGroup(), store)
    running = false
  }

  return (batch) =>
    new Promise((resolve, reject) => {
      if (rowsWaiting > ROWS_WAITING_MAX)
        return reject(
          new ControlError(
            'unavailable',
            'Decisions arrive faster than they can be stored. Send them again in a moment.',
          ),
        )
      rowsWaiting += sizeOf(batch)
      queue.push({ batch, resolve, reject })
      if (!running) void run()
    })
}

async function commit(group: readonly Waiting[], store: Store): Promise<void> {
  try {
    // Two requests may carry one batch: the second is the repetition.
    const once = [...new Map(group.map(({ batch }) => [batch.key, batch])).values()]
    const stored = new Set(await store(once))
    for (const { batch, resolve } of group) resolve(stored.delete(batch.key))
  } catch (error) {
    if (group.length === 1) group[0]?.reject(error)
    else for (const waiting of group) await commit([waiting], store)
  }
}
