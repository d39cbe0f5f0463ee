import type { Prisma } from '#lib/store/generated/client.ts'
import { publishRevision } from './publish-revision.ts'

/** For changes that every environment sees, such as a new service. Environments are locked in one order, so two such changes cannot deadlock. */
export async function publishEveryEnvironment(
  tx: Prisma.TransactionClient,
  publication: { readonly summary: string; readonly actorName: string; readonly auditEntryId?: bigint },
): Promise<void> {
  const environments = await tx.environment.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  for (const { id } of environments) await publishRevision(tx, { ...publication, environmentId: id })
}
