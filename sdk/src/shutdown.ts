/** Something that has to be finished before the process ends. */
interface Closable {
  close(): Promise<void>
  /** Reports what was not reported yet, and goes on. */
  flush(): Promise<void>
}

interface ExitWatch {
  readonly open: Set<Closable>
  isListening: boolean
}

/** Shared by all copies of the package: two that listen to SIGTERM would each take the other for the service's own listener. */
const WATCH = Symbol.for('@stepgate/node exit 1')
const shared = globalThis as { [WATCH]?: ExitWatch }
const watch: ExitWatch = shared[WATCH] ?? { open: new Set(), isListening: false }
shared[WATCH] = watch

const closeAll = async (): Promise<void> => {
  await Promise.all([...watch.open].map((closable) => closable.close()))
}

/**
 * A listener for SIGTERM takes away the signal's default, which is to end the process. Where nobody else listens that is
 * done here afterwards; where the service has a listener of its own, the end is left to it.
 */
function onTerminate(): void {
  const isAlone = process.listenerCount('SIGTERM') === 1
  void closeAll().then(() => {
    process.off('SIGTERM', onTerminate)
    if (isAlone) process.kill(process.pid, 'SIGTERM')
  })
}

/** The process has nothing left to do. That may be a pause only, so nothing is closed; once, so that it can end. */
const onBeforeExit = (): void => {
  for (const closable of watch.open) void closable.flush()
}

function listen(): void {
  if (watch.isListening) return
  watch.isListening = true
  // First in line: a listener that was added by `once` is no longer counted when it has run.
  process.prependListener('SIGTERM', onTerminate)
  process.once('beforeExit', onBeforeExit)
}

function ignore(): void {
  watch.isListening = false
  process.off('SIGTERM', onTerminate)
  process.off('beforeExit', onBeforeExit)
}

/** Closes it when the process is told to end; reports what is left when the process has nothing left to do. Call the answer once it is closed. */
export function closeOnExit(closable: Closable): () => void {
  watch.open.add(closable)
  listen()
  return () => {
    watch.open.delete(closable)
    if (watch.open.size === 0) ignore()
  }
}
