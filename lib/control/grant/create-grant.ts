import type { z } from 'zod'
import { GrantCreate, type Grant } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { auditedGrant, grantInclude, toGrant } from './to-grant.ts'

/** Counts from the identity's next token on. */
export async function createGrant(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof GrantCreate>,
): Promise<z.output<typeof Grant>> {
  requireRole(actor, 'operator')
  const { clientId, scopeId, expiresAt, note } = parseInput(GrantCreate, input)
  const expiry = expiresAt === null ? null : new Date(expiresAt)
  if (expiry !== null && expiry.getTime() <= Date.now()) throw refused('/expiresAt', 'lies in the past')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const identityId = await getNamedIdentityId(tx, clientId)
    await requireScope(tx, scopeId)
    await tx.grant.deleteMany({
      where: { identityId, scopeId, environmentId: environment.id, expiresAt: { lte: new Date() } },
    })
    const grant = await tx.grant.create({
      data: { identityId, scopeId, environmentId: environment.id, expiresAt: expiry, note, createdBy: actor.name },
      include: grantInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'grant.create',
      environment: environment.slug,
      target: { kind: 'grant', id: grant.id, name: `${clientId}: ${grant.scope.name}` },
      before: null,
      after: auditedGrant(grant),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Grant ${grant.scope.name} to ${clientId}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toGrant(grant)
  })
}

async function getNamedIdentityId(tx: Tx, clientId: string): Promise<string> {
  const identity = await tx.identity.findUnique({ where: { clientId }, select: { id: true } })
  if (!identity) throw refused('/clientId', 'is not an identity')
  return identity.id
}

async function requireScope(tx: Tx, scopeId: string): Promise<void> {
  if ((await tx.scope.count({ where: { id: scopeId } })) === 0) throw refused('/scopeId', 'is not a scope')
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)} ${detail}.`, [{ pointer, detail }])
