/** A port for a server that goes away and comes back: nobody else is given it meanwhile. */
import { once } from 'node:events'
import type { Server } from 'node:http'

/** Below the ports that systems hand out for port 0 and for connections: 32768 and up on Linux, 49152 and up elsewhere. */
const [FIRST, COUNT] = [20_000, 12_768]
const DEADLINE_MS = 30_000
const RETRY_MS = 20

const HOST = '127.0.0.1'

const anyPort = (): number => FIRST + Math.floor(Math.random() * COUNT)

async function tryListen(server: Server, port: number): Promise<boolean> {
  try {
    await once(server.listen(port, HOST), 'listening')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

/** Listens on the port the server had before, or on one of its own where that is null. Waits while somebody else has it. */
export async function listenOnOwnPort(server: Server, before: number | null): Promise<number> {
  const endMs = performance.now() + DEADLINE_MS
  for (;;) {
    const port = before ?? anyPort()
    if (await tryListen(server, port)) return port
    if (performance.now() > endMs) throw new Error(`port ${String(port)} is in use`)
    if (before !== null) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
