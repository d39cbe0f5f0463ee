/** `SIGTERM` asks to hand over to another process, `SIGINT` to end at once. */
export type StopSignal = 'SIGTERM' | 'SIGINT'

/** Closes what is open when the process is told to end, then ends it. */
export function stopGently(close: (signal: StopSignal) => Promise<void>): void {
  let isStopping = false
  const stop = (signal: StopSignal): void => {
    if (isStopping) return
    isStopping = true
    close(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
