import type { z } from 'zod'
import { LeakedSecretReport, type LeakedSecretAnswer } from '../../contract/catalog.ts'
import { systemActor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { hashOpaqueToken } from '../opaque-token.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironment, publishRevision } from '../publication/publish-revision.ts'
import { isClientSecret } from './client-secret.ts'
import { auditedCredential, credentialInclude } from './to-credential.ts'

/**
 * For secret scanners. Whoever sends a secret has it, which is all the proof there is to give: a live one is revoked, and whom it
 * belongs to is not told.
 */
export async function reportLeakedSecrets(
  ctx: ControlContext,
  input: z.input<typeof LeakedSecretReport>,
): Promise<z.output<typeof LeakedSecretAnswer>> {
  const { items } = parseInput(LeakedSecretReport, input)
  const answers = []
  for (const { secret, url } of items)
    answers.push({ revoked: isClientSecret(secret) && (await ctx.transact((tx) => revokeLeaked(tx, secret, url))) })
  return { items: answers }
}

async function revokeLeaked(tx: Tx, secret: string, url: string): Promise<boolean> {
  const secretHash = hashOpaqueToken(secret)
  const found = await tx.credential.findUnique({ where: { secretHash }, select: { environmentId: true } })
  if (found === null) return false
  await lockEnvironment(tx, found.environmentId)
  const include = { ...credentialInclude, identity: true, environment: true }
  const before = await tx.credential.findUniqueOrThrow({ where: { secretHash }, include })
  if (before.revokedAt !== null) return false
  const after = await tx.credential.update({
    where: { secretHash },
    data: { revokedAt: new Date(), leakedAt: new Date() },
    include,
  })
  const { clientId } = before.identity
  const actor = systemActor('secret scanner')
  const auditEntryId = await appendAuditEntry(tx, {
    actor,
    action: 'credential.revoke',
    environment: before.environment.slug,
    target: { kind: 'credential', id: before.id, name: `${clientId}: ${before.name}` },
    before: auditedCredential(before, clientId),
    after: auditedCredential(after, clientId),
    reason: url === '' ? 'Reported as leaked.' : `Reported as leaked: ${url}`,
  })
  await publishRevision(tx, {
    environmentId: before.environmentId,
    summary: `Revoke a leaked secret of ${clientId}`,
    actorName: actor.name,
    auditEntryId,
  })
  return true
}
