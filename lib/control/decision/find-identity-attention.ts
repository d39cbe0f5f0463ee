import type pg from 'pg'
import type { LiveInstance } from '#lib/store/decisions/read-live-instances.ts'
import { readGrantUse } from '#lib/store/decisions/read-grant-use.ts'
import { readSharedCredentials } from '#lib/store/decisions/read-shared-credentials.ts'
import { TOKEN_LIFETIME_SECONDS_UNREMARKABLE } from '../../policy/vocabulary.ts'
import { countOf, formatCount } from '../../evidence/count-of.ts'
import { nameSome } from '../../evidence/name-some.ts'
import type { AttentionItem } from './attention-item.ts'
import { findTokenAttention } from './find-token-attention.ts'

const DAY_MS = 86_400_000

/** What identities, credentials, issuers and instances ask somebody to look at. */
export async function findIdentityAttention(
  pool: pg.Pool,
  environmentId: string,
  instances: readonly LiveInstance[],
): Promise<AttentionItem[]> {
  const groups = await Promise.all([
    longLivedTokens(pool, environmentId),
    sharedCredentials(pool, environmentId),
    unusedScopes(pool, environmentId),
    expiringCredentials(pool, environmentId),
    failingIssuers(pool, environmentId),
    findTokenAttention(pool, environmentId),
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

async function sharedCredentials(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const shared = await readSharedCredentials(pool, environmentId, new Date(Date.now() - DAY_MS))
  return shared.map(({ clientId, workloads }) => ({
    kind: 'shared-credential',
    severity: 'warning',
    title: `${countOf(workloads.length, 'program')} use one credential of ${clientId}`,
    detail: `${nameSome(workloads, 3)}: what one of them does cannot be told from the others, nor taken from it alone.`,
    path: `/identities/${clientId}`,
    count: workloads.length,
  }))
}

async function unusedScopes(pool: pg.Pool, environmentId: string): Promise<AttentionItem[]> {
  const grants = await readGrantUse(pool, environmentId, new Date(Date.now() - 30 * DAY_MS))
  const unused = grants.filter(({ use }) => use === 'unused')
  return [...Map.groupBy(unused, ({ clientId }) => clientId)].map(([clientId, held]) => ({
    kind: 'unused-scope',
    severity: 'notice',
    title: `${clientId} holds ${held.length === 1 ? 'a scope' : `${held.length} scopes`} it does not use`,
    detail: `${nameSome(held.map(({ scope, serviceSlug }) => `${scope} of ${serviceSlug}`))}: no request needed it in the last 30 days.`,
    path: `/identities/${clientId}`,
    count: held.length,
  }))
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
