import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { Transact, Tx } from '../context.ts'
import { lockEnvironment, publishRevision } from '../publication/publish-revision.ts'
import { fetchIssuerKeys, type IssuerKeys } from './fetch-issuer-keys.ts'

export interface RefreshedIssuer {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly jwksUri: string
  readonly environmentId: string
}

interface Attempt {
  readonly keys: IssuerKeys | null
  readonly error: string | null
}

/**
 * Fetches an issuer's keys and publishes them where they changed. A failure keeps the last known keys and is written down, so that
 * people see it; it is not thrown. Answers whether the fetch succeeded.
 */
export async function refreshIssuerKeys(transact: Transact, actor: Actor, issuer: RefreshedIssuer): Promise<boolean> {
  const attempt = await tryFetch(issuer)
  await transact((tx) => store(tx, actor, issuer, attempt))
  return attempt.keys !== null
}

async function tryFetch(issuer: RefreshedIssuer): Promise<Attempt> {
  try {
    return { keys: await fetchIssuerKeys(issuer.issuer, issuer.jwksUri), error: null }
  } catch (error) {
    return { keys: null, error: error instanceof Error ? error.message.slice(0, 500) : 'unknown error' }
  }
}

async function store(tx: Tx, actor: Actor, issuer: RefreshedIssuer, { keys, error }: Attempt): Promise<void> {
  if (keys === null) {
    await tx.issuer.updateMany({ where: { id: issuer.id }, data: { refreshError: error } })
    return
  }
  await lockEnvironment(tx, issuer.environmentId)
  const before = await tx.issuer.findUnique({
    where: { id: issuer.id },
    include: { environment: { select: { slug: true } } },
  })
  if (before === null) return
  const changed = !isDeepStrictEqual(before.keys, structuredClone(keys.keys))
  const stored = changed ? { keys: structuredClone(keys.keys) as object[] } : {} // Prisma's JSON input is not readonly
  await tx.issuer.update({
    where: { id: issuer.id },
    data: { ...stored, keysRefreshedAt: new Date(), refreshError: null },
  })
  if (!changed) return
  const auditEntryId = await appendAuditEntry(tx, {
    actor,
    action: 'issuer.refresh-keys',
    environment: before.environment.slug,
    target: { kind: 'issuer', id: issuer.id, name: issuer.name },
    before: { keyIds: keyIds(before.keys) },
    after: { keyIds: keyIds(keys.keys) },
  })
  await publishRevision(tx, {
    environmentId: issuer.environmentId,
    summary: `Learn new keys of issuer ${issuer.name}`,
    actorName: actor.name,
    auditEntryId,
  })
}

const keyIds = (keys: unknown): string[] =>
  Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => String(key.kid)) : []
