import type { Tx } from '../context.ts'
import { INSTANCE_LIVE_SECONDS } from './count-instances-behind.ts'

/** Instances heard of lately; of one environment, or of all when it is left out. */
export const countLiveInstances = (db: Tx, serviceId: string, environmentId?: string): Promise<number> =>
  db.instance.count({
    where: {
      serviceId,
      lastSeenAt: { gt: new Date(Date.now() - INSTANCE_LIVE_SECONDS * 1_000) },
      ...(environmentId === undefined ? {} : { environmentId }),
    },
  })
