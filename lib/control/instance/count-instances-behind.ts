import type { Prisma } from '#lib/store/generated/client.ts'

/** An instance not heard of for so long is not counted as live. */
export const INSTANCE_LIVE_SECONDS = 90

/** Live instances that do not apply the newest snapshot of their service. */
export async function countInstancesBehind(db: Prisma.TransactionClient, environmentId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ behind: number }[]>`
    SELECT count(*)::int AS behind
    FROM instance
    JOIN environment ON environment.id = instance.environment_id
    CROSS JOIN LATERAL (
      SELECT revision FROM service_snapshot
      WHERE environment_id = instance.environment_id AND service_id = instance.service_id
      ORDER BY revision DESC LIMIT 1) latest
    WHERE instance.environment_id = ${environmentId}::uuid
      AND instance.last_seen_at > now() - make_interval(secs => ${INSTANCE_LIVE_SECONDS})
      AND (instance.epoch IS DISTINCT FROM environment.epoch::text OR instance.revision IS DISTINCT FROM latest.revision)`
  return row?.behind ?? 0
}
