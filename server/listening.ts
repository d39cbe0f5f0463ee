import { createServer } from 'node:net'
import { StartupError } from './startup-error.ts'

/** Refuses a port that cannot be listened on, before anything is started that would have to be stopped again. */
export async function requireFreePort(port: number, host: string): Promise<void> {
  try {
    await probe(port, host)
  } catch (error) {
    throw toListenError(error, port, host)
  }
}

/** A port of the loopback interface that is free now. */
export const findFreePort = (): Promise<number> => probe(0, '127.0.0.1')

function probe(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}

export function toListenError(error: unknown, port: number, host: string): StartupError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE')
    return new StartupError(`Port ${port.toString()} on ${host} is in use: set PORT to another one.`, { cause: error })
  if (code === 'EACCES')
    return new StartupError(
      `Port ${port.toString()} on ${host} needs privileges that this user does not have: set PORT to another one.`,
      { cause: error },
    )
  return new StartupError(
    `HOST ${host} cannot be listened on (${code ?? String(error)}): set it to an address of this machine.`,
    { cause: error },
  )
}

/** Where programs on this machine reach a server that listens on a host. */
export function toLocalUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port.toString()}`
}
