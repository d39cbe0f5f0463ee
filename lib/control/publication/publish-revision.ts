import type { Prisma } from '#lib/store/generated/client.ts'
import { ControlError } from '../control-error.ts'
import { buildSnapshots, numberSnapshot, type ServiceContent } from './build-snapshots.ts'
import { loadPublicationFacts } from './load-publication-facts.ts'

/** Channel of `<environmentId>:<serviceSlug>:<revision>`; the slug is empty when no snapshot changed, only what tokens rest on. */
export const REVISION_CHANNEL = 'stepgate_revision'

export interface Publication {
  readonly environmentId: string
  readonly summary: string
  readonly actorName: string
  readonly auditEntryId?: bigint
}

interface LockedEnvironment {
  readonly id: string
  readonly slug: string
  readonly epoch: string
  readonly revision: number
  readonly now: Date
}

/**
 * Publishes the environment as this transaction sees it. Call it last in the transaction: the environment's row stays
 * locked until commit, which puts publications in one order. Where no snapshot changed, the revision stays as it is.
 */
export async function publishRevision(
  tx: Prisma.TransactionClient,
  publication: Publication,
): Promise<{ number: number; changedServices: string[] }> {
  const environment = await lockEnvironment(tx, publication.environmentId)
  const contents = buildSnapshots(await loadPublicationFacts(tx, environment, environment.now))
  const changed = await selectChanged(tx, environment.id, contents)
  const number = environment.revision + (changed.length > 0 ? 1 : 0)
  if (changed.length > 0) await storeRevision(tx, environment, publication, changed)
  await notify(tx, environment.id, number, changed)
  return { number, changedServices: changed.map(({ slug }) => slug) }
}

/**
 * Verbs lock the environment before they append to the audit log; in one order nobody waits in a circle. Rows that only refer to
 * the environment, such as recorded decisions, are not held up.
 */
export async function lockEnvironment(tx: Prisma.TransactionClient, environmentId: string): Promise<LockedEnvironment> {
  const [environment] = await tx.$queryRaw<LockedEnvironment[]>`
    SELECT id, slug, epoch, revision, clock_timestamp() AS now FROM environment WHERE id = ${environmentId}::uuid FOR NO KEY UPDATE`
  if (!environment) throw new ControlError('not-found', 'There is no such environment.')
  return environment
}

async function selectChanged(
  tx: Prisma.TransactionClient,
  environmentId: string,
  contents: ServiceContent[],
): Promise<ServiceContent[]> {
  const published = await tx.$queryRaw<{ service_id: string; content_hash: Uint8Array }[]>`
    SELECT service.id AS service_id, latest.content_hash
    FROM service
    CROSS JOIN LATERAL (
      SELECT content_hash FROM service_snapshot
      WHERE environment_id = ${environmentId}::uuid AND service_id = service.id
      ORDER BY revision DESC LIMIT 1) latest`
  const hashes = new Map(published.map((row) => [row.service_id, row.content_hash]))
  return contents.filter(({ serviceId, contentHash }) => !contentHash.equals(hashes.get(serviceId) ?? Buffer.of()))
}

async function storeRevision(
  tx: Prisma.TransactionClient,
  environment: LockedEnvironment,
  publication: Publication,
  changed: ServiceContent[],
) {
  const number = environment.revision + 1
  await tx.environment.update({ where: { id: environment.id }, data: { revision: number }, select: { id: true } })
  await tx.revision.create({
    data: {
      environmentId: environment.id,
      number,
      summary: publication.summary,
      actorName: publication.actorName,
      auditEntryId: publication.auditEntryId ?? null,
      changedServices: changed.map(({ slug }) => slug),
      publishedAt: environment.now,
    },
  })
  await tx.serviceSnapshot.createMany({
    data: changed.map(({ serviceId, content, contentHash }) => ({
      environmentId: environment.id,
      serviceId,
      revision: number,
      body: numberSnapshot(content, number, environment.now),
      contentHash: Uint8Array.from(contentHash),
    })),
  })
}

async function notify(
  tx: Prisma.TransactionClient,
  environmentId: string,
  number: number,
  changed: ServiceContent[],
): Promise<void> {
  const slugs = changed.length > 0 ? changed.map(({ slug }) => slug) : ['']
  await tx.$queryRaw`
    SELECT pg_notify(${REVISION_CHANNEL}, ${environmentId} || ':' || slug || ':' || ${String(number)}) IS NULL AS sent
    FROM unnest(${slugs}::text[]) AS slug`
}
