import type { z } from 'zod'
import { ApiTokenCreate, type ApiTokenIssued } from '../../contract/people.ts'
import { requireRole, ROLES, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { createOpaqueToken, hashOpaqueToken } from '../opaque-token.ts'
import { parseInput } from '../parse-input.ts'
import { requireAccountId } from '../session/require-account-id.ts'
import { apiTokenInclude, auditedApiToken, toApiToken } from './to-api-token.ts'

const DAY_MS = 86_400_000

/** The token is in this answer and nowhere else. */
export async function createApiToken(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof ApiTokenCreate>,
): Promise<z.output<typeof ApiTokenIssued>> {
  requireRole(actor, 'viewer')
  const { name, role, expiresInDays } = parseInput(ApiTokenCreate, input)
  if (ROLES.indexOf(role) > ROLES.indexOf(actor.role)) throw refused('/role', `is above your own role, ${actor.role}`)
  const accountId = requireAccountId(actor)
  const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS)
  const token = createOpaqueToken('sgp_')
  return ctx.transact(async (tx) => {
    await requireNotLonger(tx, actor, expiresAt)
    const row = await tx.apiToken.create({
      data: { name, role, accountId, expiresAt, tokenHash: hashOpaqueToken(token), hint: token.slice(-4) },
      include: apiTokenInclude,
    })
    await appendAuditEntry(tx, {
      actor,
      action: 'api-token.create',
      environment: null,
      target: { kind: 'api-token', id: row.id, name },
      before: null,
      after: auditedApiToken(row),
    })
    return { apiToken: toApiToken(row), token }
  })
}

/** A token cannot prolong its own life by making another. */
async function requireNotLonger(tx: Tx, actor: Actor, expiresAt: Date): Promise<void> {
  if (actor.kind !== 'api-token') return
  const own = await tx.apiToken.findUniqueOrThrow({ where: { id: actor.id }, select: { expiresAt: true } })
  if (own.expiresAt && own.expiresAt < expiresAt)
    throw refused('/expiresInDays', 'is longer than the API token that asks for it lives')
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)} ${detail}.`, [{ pointer, detail }])
