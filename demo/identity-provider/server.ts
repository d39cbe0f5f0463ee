/** The shop's identity provider: a real OpenID Connect issuer with a sign-in page for customers. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Provider from 'oidc-provider'
import { closeServer } from '../services/shared/close-server.ts'
import { requireVariable } from '../services/shared/require-variable.ts'
import { stopGently } from '../services/shared/stop-gently.ts'
import { providerConfiguration, type Customer, type ProviderKeys } from './provider-configuration.ts'

const FORM_BYTES_MAX = 4_096

const readJsonFile = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const customers = readJsonFile(requireVariable('CUSTOMERS_FILE')) as Customer[] // written by the fleet
const keys = readJsonFile(requireVariable('KEYS_FILE')) as ProviderKeys // written by the fleet
const provider = new Provider(
  requireVariable('ISSUER'),
  providerConfiguration(customers, keys, requireVariable('AUDIENCE'), requireVariable('REDIRECT_URI')),
)
provider.on('server_error', (_ctx, error) => {
  console.error(error)
})

const page = (uid: string, problem = ''): string => `<!doctype html><html lang="en"><title>Sign in to the shop</title>
<h1>Sign in to the shop</h1><p role="alert">${problem}</p>
<form method="post" action="/sign-in/${encodeURIComponent(uid)}">
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></html>`

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.length > FORM_BYTES_MAX) return new URLSearchParams()
  }
  return new URLSearchParams(text)
}

async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(uid))
    return
  }
  const form = await readForm(request)
  const customer = customers.find(
    ({ email, password }) => email === form.get('email') && password === form.get('password'),
  )
  if (customer === undefined)
    response
      .writeHead(401, { 'content-type': 'text/html; charset=utf-8' })
      .end(page(uid, 'E-mail or password is wrong.'))
  else await provider.interactionFinished(request, response, { login: { accountId: customer.id } })
}

const answerProtocol = provider.callback()
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.end('ok')
    return
  }
  const answered =
    request.url?.startsWith('/sign-in/') === true ? signIn(request, response) : answerProtocol(request, response)
  answered.catch((error: unknown) => {
    console.error(error)
    if (!response.headersSent) response.writeHead(400).end('This sign-in has expired; start again.')
  })
})
server.listen(Number(requireVariable('PORT')), '127.0.0.1')
stopGently(() => closeServer(server))
