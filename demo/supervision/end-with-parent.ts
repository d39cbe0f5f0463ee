/**
 * Loaded before each program of the fleet: when the fleet's own process is gone, however it ended, the program ends too; and the
 * fleet is told when it listens. The programs themselves know nothing of it.
 */
import { subscribe } from 'node:diagnostics_channel'
import { flushCompileCache } from 'node:module'

const GRACE_MS = 6_000
const FLUSH_AFTER_MS = 4_000

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGINT')
  setTimeout(() => process.exit(1), GRACE_MS).unref()
})
process.channel?.unref()

subscribe('tracing:net.server.listen:asyncEnd', () => {
  if (process.connected) process.send?.('listening')
})

// Programs end by a signal, which would lose what was compiled; with it the next start is quicker and smaller.
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref()
