import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from '../control-plane.ts'
import { endpoint, scopesRule } from '../fixtures.ts'
import type { MortalGateway } from './live-through-outage.ts'

/** The control plane for tests as something to be killed: three instances of one service are its fleet. */
export async function startMortalTestPlane(): Promise<MortalGateway> {
  const plane = await new TestControlPlane([
    endpoint('GET /orders/:orderId', 'enforce'),
    endpoint('GET /admin/users', 'enforce', scopesRule('admin:read')),
    endpoint('GET /trial', 'log-only', scopesRule('admin:read')),
    endpoint('GET /off', 'off'),
  ]).start()
  const token = plane.issueToken()
  return {
    credentialsOf: () => ({
      url: plane.url,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      configKey: plane.configKey.pin,
    }),
    tokenFor: () => token,
    kill: () => plane.kill(),
    start: async () => {
      await plane.start()
    },
    countStored: async () => plane.signatures.reduce((sum, { count }) => sum + count, 0),
  }
}
