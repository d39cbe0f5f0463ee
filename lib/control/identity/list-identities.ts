import { z } from 'zod'
import type { PageQuery } from '../../contract/primitives.ts'
import type { IdentityPosture } from '../../contract/catalog.ts'
import { CREDENTIAL_KINDS } from '../../policy/vocabulary.ts'
import { readGrantUse } from '#lib/store/decisions/read-grant-use.ts'
import { readSharedCredentials } from '#lib/store/decisions/read-shared-credentials.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { getIdentityRow } from './get-identity-row.ts'
import { readIdentitySettings, type IdentitySettings } from './read-identity-settings.ts'
import { identityInclude, toIdentity } from './to-identity.ts'

const DAY_MS = 86_400_000
const GRANT_USE_DAYS = 30

type Posture = z.output<typeof IdentityPosture>
type IdentityRow = Parameters<typeof toIdentity>[0]

export async function listIdentities(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof PageQuery>,
): Promise<Page<Posture>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const after = parseCursor('identities', query.cursor, z.string())
  const rows = await ctx.database.identity.findMany({
    ...(after ? { where: { clientId: { gt: after[0] } } } : {}),
    include: identityInclude,
    orderBy: { clientId: 'asc' },
    take: query.limit + 1,
  })
  const toPosture = await readPostures(ctx, environmentId)
  return toPage(rows, query.limit, toPosture, ({ clientId }) => toCursor('identities', clientId))
}

export async function getIdentityPosture(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
): Promise<Posture> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const row = await getIdentityRow(ctx.database, clientId)
  return (await readPostures(ctx, environmentId))(row)
}

async function readPostures(ctx: ControlContext, environmentId: string): Promise<(row: IdentityRow) => Posture> {
  const now = Date.now()
  const yesterday = new Date(now - DAY_MS)
  const [settings, shared, uses] = await Promise.all([
    readIdentitySettings(ctx.pool, environmentId, yesterday),
    readSharedCredentials(ctx.pool, environmentId, yesterday),
    readGrantUse(ctx.pool, environmentId, new Date(now - GRANT_USE_DAYS * DAY_MS)),
  ])
  const sharing = new Set(shared.map(({ clientId }) => clientId))
  const unused = Map.groupBy(
    uses.filter(({ use }) => use === 'unused'),
    ({ clientId }) => clientId,
  )
  return (row) => {
    const setting = settings.get(row.id)
    return {
      ...toIdentity(row),
      disabled: setting?.disabled ?? false,
      tokenLifetimeSeconds: setting?.tokenLifetimeSeconds ?? null,
      tokenLifetimeReason: setting?.tokenLifetimeReason ?? null,
      trialLifetime: toTrial(setting),
      credentialKinds: setting?.credentialKinds ?? [...CREDENTIAL_KINDS],
      senderConstraint: setting?.senderConstraint ?? 'none',
      refreshTokens: toRefreshTokens(setting),
      settingsVersion: setting?.version ?? 0,
      liveCredentials: setting?.liveCredentials ?? 0,
      grants: setting?.grants ?? 0,
      unusedGrants: unused.get(row.clientId)?.length ?? 0,
      workloads: setting?.workloads ?? [],
      sharedCredential: sharing.has(row.clientId),
      lastUsedAt: setting?.lastUsedAt?.toISOString() ?? null,
    }
  }
}

function toRefreshTokens(setting: IdentitySettings | undefined): Posture['refreshTokens'] {
  const { refreshTokenSeconds: seconds = null, refreshTokenIdleSeconds: idleSeconds = null } = setting ?? {}
  return seconds === null || idleSeconds === null ? null : { seconds, idleSeconds }
}

function toTrial(setting: IdentitySettings | undefined): Posture['trialLifetime'] {
  const { trialLifetimeSeconds: seconds = null, trialSince = null } = setting ?? {}
  return seconds === null || trialSince === null ? null : { seconds, since: trialSince.toISOString() }
}
