import type { Logger } from 'pino'
import { routes, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import { Problem } from '#lib/contract/primitives.ts'
import type { Role } from '#lib/control/actor.ts'
import { createOpaqueToken, hashOpaqueToken } from '#lib/control/opaque-token.ts'
import { createTestControl, type TestControl } from '#lib/control/test-control.ts'
import { testSettings } from '../testing/gateway-fixture.ts'
import { startGateway, type Gateway } from '../start-gateway.ts'
import type { GatewaySettings } from '../gateway-settings.ts'

export interface CallInput {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Token of the Authorization header; null for none. */
  readonly token?: string | null
  readonly version?: number
}

export interface CallAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly text: string
}

export interface TestManagement {
  readonly control: TestControl
  readonly gateway: Gateway
  /** Session tokens, one of each role. */
  readonly tokens: Readonly<Record<Role, string>>
  readonly accountIds: Readonly<Record<Role, string>>
  call(name: RouteName, input?: CallInput): Promise<CallAnswer>
  close(): Promise<void>
}

/** A gateway on a real socket, with `production`, `staging` and somebody of each role signed in. */
export async function startTestManagement(
  settings: Partial<GatewaySettings> = {},
  logger?: Logger,
): Promise<TestManagement> {
  const control = await createTestControl({ publicUrl: testSettings(settings).publicUrl })
  const gateway = await startGateway({
    settings: testSettings(settings),
    database: control.database,
    consoleTarget: null,
    ...(logger ? { logger } : {}),
  })
  const people = await Promise.all(
    (['viewer', 'operator', 'administrator'] as const).map((role) => createPerson(control, role)),
  )
  const tokens = Object.fromEntries(people.map(({ role, token }) => [role, token])) as Record<Role, string> // one of each
  const accountIds = Object.fromEntries(people.map(({ role, accountId }) => [role, accountId])) as Record<Role, string> // one of each
  return {
    control,
    gateway,
    tokens,
    accountIds,
    call: (name, input = {}) => callRoute(gateway.url, name, { token: tokens.administrator, ...input }),
    close: async () => {
      await gateway.close()
      await control.database.close()
    },
  }
}

export async function createPerson(
  { database }: TestControl,
  role: Role,
  email = `${role}@example.com`,
): Promise<{ role: Role; token: string; accountId: string }> {
  const account = await database.prisma.account.create({
    data: { email, name: `The ${role}`, role, passwordHash: '$argon2id$none' },
  })
  return { role, accountId: account.id, token: await createTestSession(database.prisma, account.id) }
}

export async function createTestSession(prisma: TestControl['database']['prisma'], accountId: string): Promise<string> {
  const token = createOpaqueToken('sgs_')
  await prisma.session.create({
    data: { accountId, tokenHash: hashOpaqueToken(token), expiresAt: new Date(Date.now() + 3_600_000) },
  })
  return token
}

/** Sends a request and checks that the answer is exactly what the contract says. */
async function callRoute(url: string, name: RouteName, input: CallInput): Promise<CallAnswer> {
  const route: RouteContract = routes[name]
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(input.params?.[key] ?? 'missing')),
  )
  const search = new URLSearchParams(Object.entries(input.query ?? {}).map(([key, value]) => [key, String(value)]))
  const answer = await send(`${url}/api/v1${path}${search.size > 0 ? `?${search}` : ''}`, route.method, input)
  checkAnswer(name, route, answer)
  return answer
}

export async function send(
  url: string,
  method: string,
  { body, headers = {}, token, version }: CallInput,
): Promise<CallAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined || token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson =
    (response.headers.get('content-type') ?? '').includes('json') &&
    !(response.headers.get('content-type') ?? '').includes('ndjson')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text }
}

function checkAnswer(name: RouteName, route: RouteContract, { status, body, headers }: CallAnswer): void {
  if (status >= 400) {
    if (headers.get('content-type')?.startsWith('application/problem+json') !== true)
      throw new Error(`${name} answered ${status} as ${String(headers.get('content-type'))}: ${JSON.stringify(body)}`)
    return void Problem.strict().parse(body)
  }
  if (status !== route.status) throw new Error(`${name} answered ${status} instead of ${route.status}.`)
  const parsed: unknown = route.response.parse(body)
  if (JSON.stringify(sorted(parsed)) !== JSON.stringify(sorted(body)))
    throw new Error(`${name} answered fields that its contract does not have.`)
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)]),
        )
      : value
