import type pg from 'pg'
import { readLiveInstances } from '#lib/store/decisions/read-live-instances.ts'

export interface InstanceCounts {
  readonly live: number
  readonly confirmed: number
}

export const NO_INSTANCES: InstanceCounts = { live: 0, confirmed: 0 }

/** Live instances of each service, and how many of them apply its newest snapshot; by service id. */
export async function readInstanceCounts(pool: pg.Pool, environmentId: string): Promise<Map<string, InstanceCounts>> {
  const byService = Map.groupBy(await readLiveInstances(pool, environmentId), ({ serviceId }) => serviceId)
  return new Map(
    [...byService].map(([serviceId, instances]) => [
      serviceId,
      { live: instances.length, confirmed: instances.filter(({ confirmed }) => confirmed).length },
    ]),
  )
}
