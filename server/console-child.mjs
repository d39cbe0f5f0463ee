// The console in a process of its own, which holds no database credential and no signing key. Told by its parent where to
// listen; ends when the parent does. Plain JavaScript, because Next compiles what it serves and this only starts it.
import { createServer } from 'node:http'
import next from 'next'

const { listen, dev, folder } = JSON.parse(process.env.STEPGATE_CONSOLE_CHILD ?? '{}')
delete process.env.STEPGATE_CONSOLE_CHILD

process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the parent decides when the console ends.
process.on('SIGINT', () => {})

const server = createServer()
server.keepAliveTimeout = 72_000
// In development Next takes the upgrades of this server, through which it reloads pages.
const app = next({
  dev,
  dir: folder,
  hostname: 'localhost',
  port: listen.port ?? 80,
  ...(dev && { httpServer: server }),
})
await app.prepare()
const handler = app.getRequestHandler()
server.on('request', (request, response) => void handler(request, response))
server.listen(listen.socketPath ? { path: listen.socketPath } : { host: listen.host, port: listen.port }, () =>
  process.send?.('ready'),
)
server.on('error', (error) => {
  process.stderr.write(`The console cannot listen: ${error.message}\n`)
  process.exit(1)
})
