import type pg from 'pg'
import type { CredentialKind, SenderConstraint } from '../../policy/vocabulary.ts'

export interface IdentitySettings {
  readonly identityId: string
  readonly disabled: boolean
  readonly tokenLifetimeSeconds: number | null
  readonly tokenLifetimeReason: string | null
  /** Null while nobody has made a setting: every kind. */
  readonly credentialKinds: CredentialKind[] | null
  readonly senderConstraint: SenderConstraint | 'any' | null
  readonly refreshTokenSeconds: number | null
  readonly refreshTokenIdleSeconds: number | null
  readonly trialLifetimeSeconds: number | null
  readonly trialSince: Date | null
  /** 0 while nobody has made a setting. */
  readonly version: number
  readonly liveCredentials: number
  readonly grants: number
  /** Programs seen using its credentials since a time. */
  readonly workloads: string[]
  readonly lastUsedAt: Date | null
}

/** What one environment says of each identity; by identity id. */
export async function readIdentitySettings(
  pool: pg.Pool,
  environmentId: string,
  seenSince: Date,
): Promise<Map<string, IdentitySettings>> {
  const { rows } = await pool.query<IdentitySettings>(
    `SELECT i.id AS "identityId", t.disabled_at IS NOT NULL AS disabled, t.token_lifetime_seconds AS "tokenLifetimeSeconds",
       t.token_lifetime_reason AS "tokenLifetimeReason", t.credential_kinds::text[] AS "credentialKinds",
       t.sender_constraint AS "senderConstraint", t.refresh_token_seconds AS "refreshTokenSeconds",
       t.refresh_token_idle_seconds AS "refreshTokenIdleSeconds",
       t.trial_lifetime_seconds AS "trialLifetimeSeconds", t.trial_since AS "trialSince", coalesce(t.version, 0) AS version,
       coalesce(c.live, 0) AS "liveCredentials", coalesce(g.held, 0) AS grants,
       coalesce(w.workloads, '{}') AS workloads, greatest(c.last_used_at, w.last_at) AS "lastUsedAt"
     FROM identity i
     LEFT JOIN identity_setting t ON t.identity_id = i.id AND t.environment_id = $1
     LEFT JOIN (
       SELECT identity_id, count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS live, max(last_used_at) AS last_used_at
       FROM credential WHERE environment_id = $1 GROUP BY identity_id) c ON c.identity_id = i.id
     LEFT JOIN (
       SELECT identity_id, count(*) AS held FROM "grant"
       WHERE environment_id = $1 AND (expires_at IS NULL OR expires_at > now()) GROUP BY identity_id) g ON g.identity_id = i.id
     LEFT JOIN (
       SELECT c.identity_id, max(u.last_at) AS last_at,
         array_agg(DISTINCT u.workload ORDER BY u.workload) FILTER (WHERE u.workload <> '' AND u.last_at > $2) AS workloads
       FROM credential_use u JOIN credential c ON c.id = u.credential_id
       WHERE c.environment_id = $1 GROUP BY c.identity_id) w ON w.identity_id = i.id`,
    [environmentId, seenSince],
  )
  return new Map(rows.map((row) => [row.identityId, row]))
}
