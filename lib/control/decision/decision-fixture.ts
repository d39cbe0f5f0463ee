import { createHash, randomUUID } from 'node:crypto'
import type { TestDatabase } from '#lib/store/test-database.ts'
import type { RecordedContext } from '../../policy/decision.ts'
import type { Rule } from '../../policy/rule.ts'
import type { Mode, Outcome, Reason } from '../../policy/vocabulary.ts'

export interface RecordedRequest {
  readonly route?: string
  readonly mode?: Mode
  readonly outcome?: Outcome
  readonly reason?: Reason | null
  readonly tokenProblem?: Reason | null
  readonly caller?: string | null
  readonly callerHint?: string | null
  readonly scopes?: readonly string[]
  readonly context?: RecordedContext | null
  readonly evaluated?: boolean
  readonly replayed?: boolean
  readonly count?: number
  /** Requests per token-age bucket. */
  readonly tokenAges?: readonly number[]
  /** Hours before now. */
  readonly hoursAgo?: number
}

/** An environment with a service, rows of which tests record decisions for. */
export async function makeDecisionFixture(database: TestDatabase) {
  const { prisma, pool } = database
  const environment = await prisma.environment.create({
    data: { slug: `env-${randomUUID().slice(0, 8)}`, name: randomUUID() },
  })
  const service = await prisma.service.create({ data: { slug: `svc-${randomUUID().slice(0, 8)}`, name: randomUUID() } })
  await pool.query(
    `SELECT ensure_decision_partitions((now() - interval '31 days')::date, (now() + interval '1 day')::date)`,
  )

  const addEndpoint = (route: string, rule: Rule | null, mode: 'off' | 'log_only' | 'enforce' = 'log_only') =>
    prisma.endpoint.create({
      data: {
        environmentId: environment.id,
        serviceId: service.id,
        method: 'POST',
        route,
        source: 'manual',
        mode,
        ...(rule === null ? {} : { rule: JSON.parse(JSON.stringify(rule)) as object }), // Prisma's JSON input is not readonly
      },
    })

  async function record(request: RecordedRequest): Promise<string> {
    const at = new Date(Date.now() - (request.hoursAgo ?? 0) * 3_600_000)
    const { caller = 'orders', callerHint = null, outcome = 'allowed', mode = 'log-only' } = request
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO decision_signature (environment_id, service_id, method, route, mode, outcome, reason, token_problem, caller_kind, caller, caller_hint,
         scopes, sender, evaluated, replayed, hash, first_at, last_at, context)
       VALUES ($1, $2, 'POST', $3, $4::mode, $5, $6, $7, $8, $9, $10, $11, 'none', $12, $13, $14, $15, $15, $16) RETURNING id`,
      [
        environment.id,
        service.id,
        request.route ?? '/refunds',
        mode,
        outcome,
        request.reason ?? null,
        request.tokenProblem ?? null,
        caller === null ? 'anonymous' : 'service',
        caller,
        callerHint,
        request.scopes ?? [],
        request.evaluated ?? true,
        request.replayed ?? false,
        createHash('sha256').update(randomUUID()).digest(),
        at,
        request.context ?? null,
      ],
    )
    const id = rows[0]?.id ?? ''
    const count = request.count ?? 1
    await pool.query(
      `INSERT INTO decision_minute (signature_id, bucket, count) VALUES ($1, date_trunc('minute', $2::timestamptz), $3)`,
      [id, at, count],
    )
    await pool.query(
      `INSERT INTO decision_hour (signature_id, bucket, count, token_ages) VALUES ($1, date_trunc('hour', $2::timestamptz), $3, $4)`,
      [id, at, count, request.tokenAges ?? null],
    )
    return id
  }

  return { environment, service, addEndpoint, record }
}
