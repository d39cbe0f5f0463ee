const LOOK_EVERY_MS = 20
const WITHIN_MS = 60_000

/** Looks again and again until it is so; the milliseconds it took. Throws after a minute. */
export async function until(isSo: () => Promise<boolean>, everyMs = LOOK_EVERY_MS): Promise<number> {
  const startedAtMs = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAtMs > WITHIN_MS) throw new Error('it did not come about within a minute')
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return performance.now() - startedAtMs
}
