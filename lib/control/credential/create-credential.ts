import type { z } from 'zod'
import { CredentialCreate, type CredentialIssued } from '../../contract/catalog.ts'
import type { CredentialKind } from '../../policy/vocabulary.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { getIdentityRow } from '../identity/get-identity-row.ts'
import { hashOpaqueToken } from '../opaque-token.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { toStoredCredentialKind } from '../stored-credential-kind.ts'
import { createClientSecret, secretHint } from './client-secret.ts'
import { environmentVariables } from './environment-variables.ts'
import { parseCertificate } from './parse-certificate.ts'
import { parsePublicKey } from './parse-public-key.ts'
import { auditedCredential, credentialInclude, toCredential } from './to-credential.ts'

const LIVE_MAX = 2
const KINDS_IN_WORDS = {
  'client-secret': 'client secrets',
  'public-key': 'public keys',
  'client-certificate': 'client certificates',
  'federated-identity': 'federated identities',
} as const satisfies Record<CredentialKind, string>
const DAY_MS = 86_400_000

type Wanted = z.output<typeof CredentialCreate>

/** The secret is in this answer and nowhere else. */
export async function createCredential(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
  input: z.input<typeof CredentialCreate>,
): Promise<z.output<typeof CredentialIssued>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(CredentialCreate, input)
  const secret = wanted.kind === 'client-secret' ? createClientSecret() : null
  const now = new Date()
  const proof = toProof(wanted, secret, now)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const identity = await getIdentityRow(tx, clientId)
    await requireRoom(tx, identity.id, environment.id, wanted.kind, now)
    const row = await tx.credential.create({
      data: {
        ...proof,
        ...(wanted.kind === 'federated-identity'
          ? { federatedIssuerId: await getWorkloadIssuerId(tx, environment.id, wanted.issuer) }
          : {}),
        kind: toStoredCredentialKind(wanted.kind),
        name: wanted.name,
        identityId: identity.id,
        environmentId: environment.id,
        createdBy: actor.name,
        expiresAt: expiryOf(wanted, now),
      },
      include: credentialInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'credential.create',
      environment: environment.slug,
      target: { kind: 'credential', id: row.id, name: `${clientId}: ${row.name}` },
      before: null,
      after: auditedCredential(row, clientId),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `New credential of ${clientId}`,
      actorName: actor.name,
      auditEntryId,
    })
    return {
      credential: toCredential(row, now),
      secret,
      environmentVariables: await environmentVariables(tx, ctx.publicUrl, environment.id, clientId, secret),
    }
  })
}

/** Everything that can be said without the database. */
function toProof(wanted: Wanted, secret: string | null, now: Date) {
  switch (wanted.kind) {
    case 'client-secret':
      if (secret === null) throw new Error('a client secret was not made')
      return { secretHash: hashOpaqueToken(secret), secretHint: secretHint(secret) }
    case 'public-key': {
      const jwk = parsePublicKey(wanted.publicKey)
      return { publicJwk: { ...jwk } as Record<string, string>, keyId: jwk.kid } // every member of a public JWK is text
    }
    case 'client-certificate':
      return wanted.subject === undefined
        ? { certificateThumbprint: parseCertificate(wanted.certificate ?? '', now) }
        : { certificateNameType: wanted.subject.type, certificateName: wanted.subject.value }
    case 'federated-identity':
      return { federatedSubject: wanted.subject }
  }
}

async function getWorkloadIssuerId(tx: Tx, environmentId: string, name: string): Promise<string> {
  const issuer = await tx.issuer.findUnique({ where: { environmentId_name: { environmentId, name } } })
  if (issuer?.purpose === 'workloads') return issuer.id
  const detail = issuer === null ? 'is no trusted issuer here' : 'is an issuer of people, not of workloads'
  throw new ControlError('invalid-value', `issuer: ${name} ${detail}`, [{ pointer: '/issuer', detail }])
}

const expiryOf = ({ expiresInDays }: Wanted, now: Date): Date | null =>
  expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * DAY_MS)

/** The database counts once more under a lock. */
async function requireRoom(
  tx: Tx,
  identityId: string,
  environmentId: string,
  kind: CredentialKind,
  now: Date,
): Promise<void> {
  const live = await tx.credential.count({
    where: {
      identityId,
      environmentId,
      kind: toStoredCredentialKind(kind),
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
  })
  if (live < LIVE_MAX) return
  const what = KINDS_IN_WORDS[kind]
  throw new ControlError(
    'conflict',
    `It has ${LIVE_MAX} live ${what} already: one in use and one to rotate to. Revoke the one that is out of use first.`,
  )
}
