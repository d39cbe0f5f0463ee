import type { Stepgate } from '../../sdk/src/index.ts'
import { startBalancer } from './balancer.ts'
import type { GatewayPair } from './gateway-pair.ts'
import { CALLING, connect, startInstances, type Instance, type ProofFleet } from './proof-fleet.ts'

/** Services and their callers, all of which reach both gateways through one address. */
export interface TrafficStage {
  readonly url: string
  readonly instances: readonly Instance[]
  readonly callers: readonly Stepgate[]
  close(): Promise<void>
}

export async function openTrafficStage(pair: GatewayPair, fleet: ProofFleet): Promise<TrafficStage> {
  const balancer = await startBalancer(pair.urls)
  const { url } = balancer
  const instances = await startInstances(fleet, [url, url])
  const audiences = Object.fromEntries(instances.all.map((instance) => [instance.url, instance.audience]))
  const callers = await Promise.all(CALLING.map((clientId) => connect(fleet, clientId, url, audiences)))
  return {
    ...{ url, instances: instances.all, callers },
    close: async () => {
      await Promise.all(callers.map((caller) => caller.close()))
      await instances.close()
      await balancer.close()
    },
  }
}
