/** A control plane for services under load, and tokens that they accept. */
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from '../../sdk/test/control-plane.ts'
import { endpoint } from '../../sdk/test/fixtures.ts'

const CALLERS = 20

export interface TokenPlane {
  readonly plane: TestControlPlane
  /** What a service is configured with. */
  readonly environment: Readonly<Record<string, string>>
  /** One of each caller, for the quarter of an hour that it is good for. */
  readonly issueTokens: () => readonly string[]
}

export async function startTokenPlane(): Promise<TokenPlane> {
  const plane = await new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).start()
  plane.fault = (_request, response, route) =>
    route.endsWith(' /jwks') &&
    Boolean(
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: [plane.tokenKey.publicJwk] })),
    )
  const environment = {
    STEPGATE_URL: plane.url,
    STEPGATE_CLIENT_ID: CLIENT_ID,
    STEPGATE_CLIENT_SECRET: CLIENT_SECRET,
    STEPGATE_CONFIG_KEY: plane.configKey.pin,
    BENCH_ISSUER: plane.issuer,
    BENCH_JWKS: `${plane.url}/jwks`,
    NODE_ENV: 'production',
  }
  const issueTokens = (): readonly string[] =>
    Array.from({ length: CALLERS }, (_, index) => plane.issueToken({ client_id: `caller-${String(index)}` }))
  return { plane, environment, issueTokens }
}
