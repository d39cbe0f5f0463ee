import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { announce } from '../processes.ts'

/** The limit: node:http that reads the form and signs the same claims, and asks nobody anything. */
const { privateKey } = generateKeyPairSync('ed25519')
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function issue(form: URLSearchParams): string {
  const now = Math.floor(Date.now() / 1_000)
  const clientId = form.get('client_id') ?? ''
  const claims = {
    ...{ iss: 'http://localhost:4300/e/bench', sub: clientId, client_id: clientId, client_kind: 'integration' },
    ...{ aud: form.get('resource'), iat: now, exp: now + 900, jti: randomUUID(), scope: 'things:read' },
  }
  const input = `${encode({ typ: 'at+jwt', alg: 'EdDSA', kid: 'bench' })}.${encode(claims)}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const token = issue(new URLSearchParams(Buffer.concat(chunks).toString()))
    const answer = { access_token: token, token_type: 'Bearer', expires_in: 900, scope: 'things:read' }
    const body = JSON.stringify(answer)
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body)
  })
})
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
