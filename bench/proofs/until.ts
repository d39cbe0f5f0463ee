const LOOK_EVERY_MS = 20
const WITHIN_MS = 50_000

/** Looks again and again until it is so; the milliseconds it took. Throws after 50 s. */
export async function until(isSo: () => Promise<boolean>, everyMs = LOOK_EVERY_MS): Promise<number> {
  const startedAtMs = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAtMs > WITHIN_MS) throw new Error('it did not come about within 50 s')
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return performance.now() - startedAtMs
}
