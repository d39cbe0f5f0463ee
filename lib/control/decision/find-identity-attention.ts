import type pg from 'pg'
import type { LiveInstance } from '#lib/store/decisions/read-live-instances.ts'
import { readGrantUse } from '#lib/store/decisions/read-grant-use.ts'
import { readServiceSigns } from '#lib/store/decisions/read-service-signs.ts'
import { TOKEN_LIFETIME_SECONDS_UNREMARKABLE } from '../../policy/vocabulary.ts'
import { countOf, formatCount } from '../../evidence/count-of.ts'
import { judgeSilence, SILENCES, type Silence } from '../../evidence/judge-silence.ts'
import { nameSome } from '../../evidence/name-some.ts'
import { SHARING_WORDS, toProbabilityWords, toSharingStanding } from '../../contract/sharing-standing.ts'
import { toWatchedDays } from '../../evidence/watched-days.ts'
import type { ControlContext } from '../context.ts'
import { judgeSharedCredentials } from '../finding/judge-shared-credentials.ts'
import type { AttentionItem } from './attention-item.ts'
import { findTokenAttention } from './find-token-attention.ts'

const DAY_MS = 86_400_000
const GRANT_DAYS = 30

/** What identities, credentials, issuers, instances and services ask somebody to look at. */
export async function findIdentityAttention(
  ctx: Pick<ControlContext, 'pool' | 'database'>,
  environmentId: string,
  instances: readonly LiveInstance[],
): Promise<AttentionItem[]> {
  const { pool } = ctx
  const groups = await Promise.all([
    longLivedTokens(pool, environmentId),
    sharedCredentials(ctx, environmentId),
    unusedScopes(pool, environmentId),
    expiringCredentials(pool, environmentId),
    failingIssuers(pool, environmentId),
    findTokenAttention(pool, environmentId),
    silentServices(pool, environmentId),
  ])
  return [...groups.flat(), ...instancesBehind(instances)]
}

async function longLivedTokens(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ clientId: string; seconds: number }>(
    `SELECT i.client_id AS "clientId", s.token_lifetime_seconds AS seconds FROM identity_setting s JOIN identity i ON i.id = s.identity_id
     WHERE s.environment_id = $1 AND s.token_lifetime_seconds > $2 ORDER BY 2 DESC, 1`,
    [environmentId, TOKEN_LIFETIME_SECONDS_UNREMARKABLE],
  )
  return rows.map(({ clientId, seconds }) => ({
    kind: 'long-lived-token',
    severity: 'warning',
    title: `Tokens of ${clientId} live ${formatCount(Math.round(seconds / 3_600))} hours`,
    detail: 'A stolen one works as long. See how old its tokens are when they are used, then shorten the lifetime.',
    path: `/identities/${clientId}`,
    count: 1,
  }))
}

/** As probable as the findings say; what is probably one program asks nobody to look. */
async function sharedCredentials(
  ctx: Pick<ControlContext, 'pool' | 'database'>,
  environmentId: string,
): Promise<AttentionItem[]> {
  const judged = await judgeSharedCredentials(ctx, environmentId)
  return judged.flatMap(({ clientId, judgement: { probability, programs } }) => {
    const standing = toSharingStanding(probability)
    if (standing === 'one-program') return []
    const names = nameSome(
      programs.map(({ workload }) => workload),
      3,
    )
    return [
      {
        kind: 'shared-credential' as const,
        severity: standing === 'possible' ? ('notice' as const) : ('warning' as const),
        title: `${SHARING_WORDS[standing]}, ${toProbabilityWords(probability)}: a credential of ${clientId}`,
        detail: `${countOf(programs.length, 'program')} used it in 24 hours, ${names}. What one of them does cannot be told from the others, nor taken from it alone.`,
        path: '/findings/shared-credentials',
        count: programs.length,
      },
    ]
  })
}

/** Grants that nothing needed, told apart as the findings do: by whether the whole window was watched. */
async function unusedScopes(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const grants = await readGrantUse(pool, environmentId, new Date(Date.now() - GRANT_DAYS * DAY_MS))
  const unused = grants
    .filter(({ use }) => use === 'unused')
    .map((grant) => ({ ...grant, watchedDays: toWatchedDays(grant.watchedFrom, GRANT_DAYS) }))
    .filter(({ watchedDays }) => watchedDays > 0)
  return [...Map.groupBy(unused, ({ clientId, watchedDays }) => `${clientId} ${watchedDays}`).values()].flatMap(
    (held) => {
      const [first] = held
      if (first === undefined) return []
      const { clientId, watchedDays } = first
      const isConclusive = watchedDays === GRANT_DAYS
      const names = nameSome(held.map(({ scope, serviceSlug }) => `${scope} of ${serviceSlug}`))
      return [
        {
          kind: 'unused-scope' as const,
          severity: 'notice' as const,
          title: `${clientId} ${isConclusive ? 'does not use' : 'has not yet used'} ${held.length === 1 ? 'a scope' : `${held.length} scopes`} it holds`,
          detail: isConclusive
            ? `${names}: no request needed it in the last ${GRANT_DAYS} days.`
            : `${names}: no request needed it in ${watchedDays} of ${GRANT_DAYS} days. Watched too short to say that it is unused.`,
          path: `/identities/${clientId}`,
          count: held.length,
        },
      ]
    },
  )
}

interface SilenceWords {
  readonly severity: AttentionItem['severity']
  readonly does: readonly [one: string, several: string]
  readonly detail: string
}

const SILENCE_WORDS: Readonly<Record<Silence, SilenceWords>> = {
  'never-started': {
    severity: 'notice',
    does: ['was never started here', 'were never started here'],
    detail: 'no instance was ever seen in this environment.',
  },
  'not-polling': {
    severity: 'warning',
    does: ['does not poll', 'do not poll'],
    detail: 'no instance is live. Those that still run decide by the last configuration they know.',
  },
  'no-traffic': {
    severity: 'notice',
    does: ['reports no traffic', 'report no traffic'],
    detail: 'instances poll, and no decision came in 24 hours.',
  },
}

async function silentServices(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const now = new Date()
  const signs = await readServiceSigns(pool, environmentId)
  return SILENCES.flatMap((silence) => {
    const { severity, does, detail } = SILENCE_WORDS[silence]
    const silent = signs.filter((row) => judgeSilence({ ...row, now }) === silence)
    if (silent.length === 0) return []
    return [
      {
        kind: 'silent-service' as const,
        severity,
        title: `${countOf(silent.length, 'service')} ${does[silent.length === 1 ? 0 : 1]}`,
        detail: `${nameSome(
          silent.map(({ serviceSlug }) => serviceSlug),
          5,
        )}: ${detail}`,
        path: '/findings/stalled#silent-services',
        count: silent.length,
      },
    ]
  })
}

async function expiringCredentials(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{
    clientId: string
    name: string
    days: number
  }>(
    `SELECT i.client_id AS "clientId", c.name, greatest(0, ceil(extract(epoch FROM c.expires_at - now()) / 86400))::int AS days
     FROM credential c JOIN identity i ON i.id = c.identity_id
     WHERE c.environment_id = $1 AND c.revoked_at IS NULL AND c.expires_at BETWEEN now() AND now() + interval '14 days' ORDER BY c.expires_at`,
    [environmentId],
  )
  return rows.map(({ clientId, name, days }) => ({
    kind: 'credential-expiring',
    severity: days <= 3 ? 'critical' : 'warning',
    title: `A credential of ${clientId} expires in ${days === 1 ? '1 day' : `${days} days`}`,
    detail: `${name}: create the next one now; two may be live while you change over.`,
    path: `/identities/${clientId}`,
    count: 1,
  }))
}

async function failingIssuers(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const { rows } = await pool.query<{ name: string; error: string }>(
    `SELECT name, refresh_error AS error FROM issuer WHERE environment_id = $1 AND refresh_error IS NOT NULL ORDER BY name`,
    [environmentId],
  )
  return rows.map(({ name, error }) => ({
    kind: 'issuer-failing',
    severity: 'warning',
    title: `The keys of issuer ${name} cannot be fetched`,
    detail: `${error} The last known keys stay in use; new ones are not learned.`,
    path: '/settings/issuers',
    count: 1,
  }))
}

function instancesBehind(instances: readonly LiveInstance[]): AttentionItem[] {
  const behind = Map.groupBy(
    instances.filter(({ confirmed }) => !confirmed),
    ({ serviceSlug }) => serviceSlug,
  )
  return [...behind].map(([serviceSlug, group]) => ({
    kind: 'instances-behind',
    severity: 'warning',
    title: `${countOf(group.length, 'instance')} of ${serviceSlug} not on the published configuration`,
    detail: `${nameSome(group.map(({ hostname, state }) => `${hostname} (${state})`))}: a change has not reached it.`,
    path: `/services/${serviceSlug}`,
    count: group.length,
  }))
}
