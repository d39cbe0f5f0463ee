import type pg from 'pg'
import type { ContextReport } from '../../contract/machine.ts'
import type { CallerKind, Check, Mode, Outcome, Reason } from '../../policy/vocabulary.ts'
import { CONDITIONS, conditionValues, SIGNATURES, type DecisionFilter } from './decision-filter.ts'

export interface SampleRow {
  readonly id: string
  readonly at: Date
  readonly serviceSlug: string
  readonly endpointId: string | null
  readonly method: string
  readonly route: string
  readonly path: string
  readonly mode: Mode
  readonly outcome: Outcome
  readonly reason: Reason | null
  readonly caller: string | null
  readonly callerHint: string | null
  readonly callerKind: CallerKind
  readonly missingScopes: string[]
  readonly replayed: boolean
  readonly issuer: string | null
  readonly scopes: string[]
  readonly subject: string | null
  readonly actors: string[]
  readonly tokenId: string | null
  readonly tokenAgeSeconds: number | null
  readonly address: string | null
  readonly userAgent: string | null
  readonly device: string | null
  readonly context: ContextReport | null
  readonly revision: number
  readonly instanceId: string
  readonly checks: { check: Check; passed: boolean; detail: string }[]
}

const COLUMNS = `d.id, d.at, v.slug AS "serviceSlug", e.id AS "endpointId", s.method, s.route, d.path, s.mode::text AS mode, s.outcome, s.reason,
  s.caller, s.caller_hint AS "callerHint", s.caller_kind AS "callerKind", s.missing_scopes AS "missingScopes", s.replayed, s.issuer, s.scopes,
  d.subject, d.actors, d.token_id AS "tokenId", d.token_age_seconds AS "tokenAgeSeconds", d.address, d.user_agent AS "userAgent", d.device, s.context, d.revision,
  d.instance_id AS "instanceId", d.checks`

export interface SamplePosition {
  readonly at: Date
  readonly id: string
}

/** Newest first, after a position. */
export async function readSamples(
  pool: pg.Pool,
  filter: DecisionFilter,
  after: SamplePosition | null,
  limit: number,
): Promise<SampleRow[]> {
  const { rows } = await pool.query<SampleRow>(
    `SELECT ${COLUMNS} FROM decision_sample d JOIN (${SIGNATURES}) ON s.id = d.signature_id
     WHERE d.environment_id = $1 AND d.at >= $8 AND d.at < $9 AND ($10::timestamptz IS NULL OR (d.at, d.id) < ($10, $11::uuid)) AND ${CONDITIONS}
     ORDER BY d.at DESC, d.id DESC LIMIT $12`,
    [...conditionValues(filter), filter.from, filter.to, after?.at ?? null, after?.id ?? null, limit],
  )
  return rows
}

export async function findSample(pool: pg.Pool, environmentId: string, id: string): Promise<SampleRow | null> {
  const { rows } = await pool.query<SampleRow>(
    `SELECT ${COLUMNS} FROM decision_sample d JOIN (${SIGNATURES}) ON s.id = d.signature_id WHERE d.environment_id = $1 AND d.id = $2 LIMIT 1`,
    [environmentId, id],
  )
  return rows[0] ?? null
}
