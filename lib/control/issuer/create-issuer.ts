import type { z } from 'zod'
import { IssuerCreate, type Issuer } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { issuerUrl } from '../publication/issuer-url.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { fetchIssuerKeys, type IssuerKeys } from './fetch-issuer-keys.ts'
import { requireSecureUrl } from './fetch-json.ts'
import { auditedIssuer, toIssuer } from './to-issuer.ts'

/** Its users appear under its name, so it must not be the name of the control plane's own issuer. */
const RESERVED_NAME = 'stepgate'

/** An issuer whose keys cannot be fetched now is not trusted: nothing is written. */
export async function createIssuer(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof IssuerCreate>,
): Promise<z.output<typeof Issuer>> {
  requireRole(actor, 'administrator')
  const { jwksUri: givenJwksUri, ...wanted } = parseInput(IssuerCreate, input)
  if (wanted.name === RESERVED_NAME) throw refused('/name', 'is the name of the control plane')
  if (wanted.issuer === issuerUrl(ctx.publicUrl, environmentSlug))
    throw refused('/issuer', 'is the issuer of this environment itself')
  if (wanted.purpose === 'workloads' && wanted.claimScopes.length > 0)
    throw refused('/claimScopes', 'is for people: workloads get the scopes that are granted to their identity')
  requireSecureUrl(wanted.issuer, 'issuer')
  const { jwksUri, keys } = await fetchKeys(wanted.issuer, givenJwksUri)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const stored = structuredClone(keys) as object[] // the store's JSON input is not readonly
    const issuer = await tx.issuer.create({
      data: { ...wanted, jwksUri, keys: stored, keysRefreshedAt: new Date(), environmentId: environment.id },
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'issuer.create',
      environment: environment.slug,
      target: { kind: 'issuer', id: issuer.id, name: issuer.name },
      before: null,
      after: auditedIssuer(issuer),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Trust issuer ${issuer.name}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toIssuer(issuer)
  })
}

/** Throws `invalid-value` at the address that does not answer keys. */
export async function fetchKeys(issuer: string, jwksUri: string | undefined): Promise<IssuerKeys> {
  try {
    return await fetchIssuerKeys(issuer, jwksUri ?? null)
  } catch (error) {
    if (error instanceof ControlError) throw error
    throw refused(
      jwksUri === undefined ? '/issuer' : '/jwksUri',
      error instanceof Error ? error.message : 'cannot be reached',
    )
  }
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)}: ${detail}`, [{ pointer, detail }])
