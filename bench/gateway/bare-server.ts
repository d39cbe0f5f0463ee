import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { announce } from '../processes.ts'

/** The limit: node:http that answers with the same bytes and does nothing else. */
const headers = JSON.parse(process.env['BENCH_HEADERS'] ?? '[]') as string[]
const server = createServer((_, response) => void response.writeHead(304, headers).end())
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
