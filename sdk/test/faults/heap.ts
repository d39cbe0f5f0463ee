import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void // what the flag adds to new contexts

/** Bytes in use on the heap and in buffers, after everything that is garbage was collected. */
export function liveBytes(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** How much more is in use after the work than before it. */
export function grownHeapBytes(work: () => void): number {
  const before = liveBytes()
  work()
  return liveBytes() - before
}
