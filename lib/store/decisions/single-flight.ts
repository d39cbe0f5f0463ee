/** Work of which there is never more than one at a time: who asks meanwhile waits for what is under way, whatever began it. */
export function createSingleFlight(): (start: () => Promise<unknown>) => Promise<void> {
  let running: Promise<void> | null = null
  return (start) =>
    (running ??= start()
      .then(() => undefined)
      .finally(() => {
        running = null
      }))
}
