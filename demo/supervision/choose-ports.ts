import { createServer } from 'node:net'

/** Tries one port of this machine; 0 lets the system choose. Null where it is taken. */
const tryPort = (port: number): Promise<{ port: number; release: () => Promise<void> } | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(null)
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const release = () =>
        new Promise<void>((done) => {
          server.close(() => {
            done()
          })
        })
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port, release })
    })
  })

/** A free port for each name: the one it had before where that is free. All are held until the last is chosen, so that no two are the same. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  before: Readonly<Partial<Record<Name, number>>>,
): Promise<Record<Name, number>> {
  const held = []
  for (const name of names) {
    const known = before[name]
    const found = (known === undefined ? null : await tryPort(known)) ?? (await tryPort(0))
    if (found === null) throw new Error('There is no free port on 127.0.0.1.')
    held.push({ name, ...found })
  }
  await Promise.all(held.map(({ release }) => release()))
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Record<Name, number> // one entry for each name
}
