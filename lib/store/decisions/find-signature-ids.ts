import type pg from 'pg'

/** A decision signature to be found or created, under the hash of its facts. */
export interface SignatureRow {
  readonly environmentId: string
  readonly serviceId: string
  /** SHA-256 of the facts with service and environment, in hexadecimal. */
  readonly hash: string
  readonly method: string
  readonly route: string
  readonly mode: string
  readonly outcome: string
  readonly reason: string | null
  readonly tokenProblem: string | null
  readonly callerKind: string
  readonly caller: string | null
  readonly callerHint: string | null
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly sender: string
  readonly context: object | null
  readonly evaluated: boolean
  readonly replayed: boolean
  readonly firstAt: Date
  readonly lastAt: Date
}

const COLUMNS = `environment_id uuid, service_id uuid, hash bytea, method text, route text, mode mode, outcome text, reason text, token_problem text,
  caller_kind text, caller text, caller_hint text, issuer text, scopes text[], missing_scopes text[], sender text, context jsonb, evaluated boolean,
  replayed boolean, first_at timestamptz, last_at timestamptz`

/** In the order of their keys, so that two gateways that meet new signatures together wait for each other instead of deadlocking. */
const FIND_OR_CREATE = `
  INSERT INTO decision_signature AS known (environment_id, service_id, endpoint_id, hash, method, route, mode, outcome, reason, token_problem,
    caller_kind, caller, caller_hint, issuer, scopes, missing_scopes, sender, context, evaluated, replayed, first_at, last_at)
  SELECT seen.environment_id, seen.service_id, endpoint.id, seen.hash, seen.method, seen.route, seen.mode, seen.outcome, seen.reason, seen.token_problem,
    seen.caller_kind, seen.caller, seen.caller_hint, seen.issuer, seen.scopes, seen.missing_scopes, seen.sender, seen.context, seen.evaluated, seen.replayed,
    seen.first_at, seen.last_at
  FROM jsonb_to_recordset($1::jsonb) AS seen (${COLUMNS})
  JOIN service ON service.id = seen.service_id
  JOIN environment ON environment.id = seen.environment_id
  LEFT JOIN endpoint ON endpoint.environment_id = seen.environment_id AND endpoint.service_id = seen.service_id
    AND endpoint.method = seen.method AND endpoint.route = seen.route
  ORDER BY seen.environment_id, seen.hash
  ON CONFLICT (environment_id, hash) DO UPDATE SET
    first_at = least(known.first_at, excluded.first_at),
    last_at = greatest(known.last_at, excluded.last_at),
    endpoint_id = coalesce(known.endpoint_id, excluded.endpoint_id)
  RETURNING encode(hash, 'hex') AS hash, id::text AS id`

/** Ids by hash. A signature of a service that is gone has none. */
export async function findSignatureIds(
  pool: pg.Pool,
  signatures: readonly SignatureRow[],
): Promise<Map<string, string>> {
  const rows = signatures.map((signature) => ({
    environment_id: signature.environmentId,
    service_id: signature.serviceId,
    hash: `\\x${signature.hash}`,
    method: signature.method,
    route: signature.route,
    mode: signature.mode,
    outcome: signature.outcome,
    reason: signature.reason,
    token_problem: signature.tokenProblem,
    caller_kind: signature.callerKind,
    caller: signature.caller,
    caller_hint: signature.callerHint,
    issuer: signature.issuer,
    scopes: signature.scopes,
    missing_scopes: signature.missingScopes,
    sender: signature.sender,
    context: signature.context,
    evaluated: signature.evaluated,
    replayed: signature.replayed,
    first_at: signature.firstAt,
    last_at: signature.lastAt,
  }))
  const found = await pool.query<{ hash: string; id: string }>(FIND_OR_CREATE, [JSON.stringify(rows)])
  return new Map(found.rows.map(({ hash, id }) => [hash, id]))
}
