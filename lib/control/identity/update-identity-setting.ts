import type { z } from 'zod'
import { IdentitySettingUpdate, type IdentityPosture } from '../../contract/catalog.ts'
import { CREDENTIAL_KINDS, TOKEN_LIFETIME_SECONDS_UNREMARKABLE } from '../../policy/vocabulary.ts'
import type { IdentitySetting } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { toCredentialKind, toStoredCredentialKind } from '../stored-credential-kind.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getIdentityRow } from './get-identity-row.ts'
import { getIdentityPosture } from './list-identities.ts'

type Wanted = z.output<typeof IdentitySettingUpdate>

type Setting = Pick<
  IdentitySetting,
  | 'disabledAt'
  | 'tokenLifetimeSeconds'
  | 'tokenLifetimeReason'
  | 'credentialKinds'
  | 'senderConstraint'
  | 'refreshTokenSeconds'
  | 'refreshTokenIdleSeconds'
  | 'trialLifetimeSeconds'
  | 'trialSince'
>

const UNSET: Setting = {
  disabledAt: null,
  tokenLifetimeSeconds: null,
  tokenLifetimeReason: null,
  credentialKinds: CREDENTIAL_KINDS.map(toStoredCredentialKind),
  senderConstraint: 'none',
  refreshTokenSeconds: null,
  refreshTokenIdleSeconds: null,
  trialLifetimeSeconds: null,
  trialSince: null,
}

/** `version` is that of the setting: 0 while nobody has made one. Disabling reaches every service with the revision it publishes. */
export async function updateIdentitySetting(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
  version: number,
  input: z.input<typeof IdentitySettingUpdate>,
): Promise<z.output<typeof IdentityPosture>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(IdentitySettingUpdate, input)
  requireReasons(wanted)
  await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const identity = await getIdentityRow(tx, clientId)
    const key = { identityId_environmentId: { identityId: identity.id, environmentId: environment.id } }
    const stored = await tx.identitySetting.findUnique({ where: key })
    requireVersion(version, stored?.version ?? 0)
    const before = pickSetting(stored ?? UNSET)
    const after = nextSetting(before, wanted, new Date())
    if (isSame(before, after)) return
    await tx.identitySetting.upsert({
      where: key,
      create: { ...key.identityId_environmentId, ...after },
      update: { ...after, version: { increment: 1 } },
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: actionOf(before, after),
      environment: environment.slug,
      target: { kind: 'identity', id: identity.id, name: clientId },
      before: audited(before),
      after: audited(after),
      reason: wanted.reason ?? '',
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: summaryOf(clientId, before, after),
      actorName: actor.name,
      auditEntryId,
    })
  })
  return getIdentityPosture(ctx, actor, environmentSlug, clientId)
}

export function nextSetting(before: Setting, wanted: Wanted, now: Date): Setting {
  const disabled = wanted.disabled ?? before.disabledAt !== null
  return {
    ...before,
    disabledAt: disabled ? (before.disabledAt ?? now) : null,
    ...(wanted.tokenLifetimeSeconds === undefined ? {} : nextLifetime(wanted.tokenLifetimeSeconds, wanted.reason)),
    ...(wanted.trialLifetimeSeconds === undefined ? {} : nextTrial(before, wanted.trialLifetimeSeconds, now)),
    // In the order of the list, so that equal choices are equal.
    ...(wanted.credentialKinds === undefined
      ? {}
      : {
          credentialKinds: CREDENTIAL_KINDS.filter((kind) => wanted.credentialKinds?.includes(kind)).map(
            toStoredCredentialKind,
          ),
        }),
    ...(wanted.senderConstraint === undefined ? {} : { senderConstraint: wanted.senderConstraint }),
    ...(wanted.refreshTokens === undefined
      ? {}
      : {
          refreshTokenSeconds: wanted.refreshTokens?.seconds ?? null,
          refreshTokenIdleSeconds: wanted.refreshTokens?.idleSeconds ?? null,
        }),
  }
}

const nextLifetime = (seconds: number | null, reason: string | undefined) => ({
  tokenLifetimeSeconds: seconds,
  tokenLifetimeReason: isLong(seconds) ? (reason ?? null) : null,
})

/** The same trial goes on; another lifetime starts another one. */
const nextTrial = (before: Setting, seconds: number | null, now: Date) => ({
  trialLifetimeSeconds: seconds,
  trialSince: seconds === null ? null : seconds === before.trialLifetimeSeconds ? before.trialSince : now,
})

const pickSetting = (row: Setting): Setting => ({
  disabledAt: row.disabledAt,
  tokenLifetimeSeconds: row.tokenLifetimeSeconds,
  tokenLifetimeReason: row.tokenLifetimeReason,
  credentialKinds: row.credentialKinds,
  senderConstraint: row.senderConstraint,
  refreshTokenSeconds: row.refreshTokenSeconds,
  refreshTokenIdleSeconds: row.refreshTokenIdleSeconds,
  trialLifetimeSeconds: row.trialLifetimeSeconds,
  trialSince: row.trialSince,
})

function requireReasons({ disabled, tokenLifetimeSeconds, reason = '' }: Wanted): void {
  if (reason.length >= 3) return
  if (disabled === true) throw reasonNeeded('Say why the identity is disabled.')
  if (isLong(tokenLifetimeSeconds))
    throw reasonNeeded(`Say why its tokens must live longer than ${TOKEN_LIFETIME_SECONDS_UNREMARKABLE} seconds.`)
}

const isLong = (seconds: number | null | undefined): boolean => (seconds ?? 0) > TOKEN_LIFETIME_SECONDS_UNREMARKABLE
const reasonNeeded = (sentence: string) =>
  new ControlError('invalid-value', sentence, [{ pointer: '/reason', detail: 'is needed here: at least 3 characters' }])

const audited = ({ disabledAt, credentialKinds, ...setting }: Setting) => ({
  disabled: disabledAt !== null,
  ...setting,
  credentialKinds: credentialKinds.map(toCredentialKind),
})
const isSame = (a: Setting, b: Setting): boolean => JSON.stringify(a) === JSON.stringify(b)

function actionOf(before: Setting, after: Setting): keyof typeof SUMMARIES {
  if (before.disabledAt === null && after.disabledAt !== null) return 'identity.disable'
  if (before.disabledAt !== null && after.disabledAt === null) return 'identity.enable'
  if (before.tokenLifetimeSeconds !== after.tokenLifetimeSeconds) return 'identity.change-token-lifetime'
  if (before.trialSince?.getTime() === after.trialSince?.getTime()) return 'identity.change-token-policy'
  return after.trialSince === null ? 'identity.end-lifetime-trial' : 'identity.try-token-lifetime'
}

const SUMMARIES = {
  'identity.disable': 'Disable',
  'identity.enable': 'Enable',
  'identity.change-token-lifetime': 'Change the token lifetime of',
  'identity.try-token-lifetime': 'Try a token lifetime of',
  'identity.end-lifetime-trial': 'End the trial of a token lifetime of',
  'identity.change-token-policy': 'Change how tokens are given to',
} as const

const summaryOf = (clientId: string, before: Setting, after: Setting): string =>
  `${SUMMARIES[actionOf(before, after)]} ${clientId}`
