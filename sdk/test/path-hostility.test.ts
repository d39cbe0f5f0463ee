/** Every spelling of a path on every adapter: the handler runs with a matching allow, or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import type { RunningService, ServiceRoute } from './adapters/service-kind.ts'
import { TestControlPlane } from './control-plane.ts'
import { inParallel } from './faults/in-parallel.ts'
import { bearer, connect, endpoint, scopesRule, sendRaw } from './fixtures.ts'
import { METHODS_OF_GET, PATH_SPELLINGS, REWRITING_HEADERS } from './path-spellings.ts'
import { SERVICE_KINDS } from './services.ts'

const ADMIN = 'GET /admin/users'
const ROUTES: readonly ServiceRoute[] = [
  { method: 'GET', path: '/admin/users' },
  { method: 'GET', path: '/public' },
  { method: 'GET', path: '/orders/:orderId' },
  { method: 'GET', path: '/', mount: '/mounted' },
  { method: 'GET', path: '/reports/:reportId', mount: '/tenants/:tenantId' },
]
const PUBLIC = { access: 'public', requirements: [] } as const
const AT_ONCE = 8

interface SentRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

const REQUESTS: readonly SentRequest[] = METHODS_OF_GET.flatMap((method) => [
  ...PATH_SPELLINGS.map(({ target }) => ({ method, target, headers: {} })),
  ...REWRITING_HEADERS.map((headers) => ({ method, target: '/admin/users', headers })),
])

describe.each(SERVICE_KINDS)('a service on $name', (kind) => {
  const plane = new TestControlPlane([
    endpoint(ADMIN, 'enforce', scopesRule('admin:read')),
    ...['GET /public', 'GET /orders/:orderId', 'GET /mounted', 'GET /tenants/:tenantId/reports/:reportId'].map((name) =>
      endpoint(name, 'enforce', PUBLIC),
    ),
  ])
  let stepgate: Stepgate
  let service: RunningService

  beforeAll(async () => {
    await plane.start()
    stepgate = connect(plane)
    service = await kind.start(stepgate, ROUTES)
    await stepgate.started
  })

  afterAll(async () => {
    await stepgate.close()
    await service.close()
    await plane.kill()
  })

  /** How often the handler ran, over all spellings. Some are no HTTP; then the server may just hang up. */
  async function countReached(token: string | null): Promise<number> {
    service.behaviour.handled.length = 0
    await inParallel(AT_ONCE, REQUESTS.length, async (index) => {
      const { method, target, headers } = REQUESTS[index]!
      await sendRaw(service.port, method, target, { ...headers, ...(token === null ? {} : bearer(token)) }).catch(
        () => undefined,
      )
    })
    return service.behaviour.handled.filter((name) => name === ADMIN).length
  }

  it('never runs the handler of another spelling without a token', async () => {
    expect(await countReached(null)).toBe(0)
  })

  it('never runs the handler of another spelling without the scope', async () => {
    expect(await countReached(plane.issueToken({ scope: 'orders:read' }))).toBe(0)
  })

  it('runs it with the scope, for as many spellings as the framework takes for the same', async () => {
    expect(await countReached(plane.issueToken({ scope: 'admin:read' }))).toBeGreaterThan(REWRITING_HEADERS.length)
  })
})
