// How long a replay of a draft takes, by what it can change, on a fleet with many signatures; and what of it the store takes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { z } from 'zod'
import { ReplayDraft } from '#lib/contract/replay.ts'
import { replayDraft } from '#lib/evidence/replay-draft.ts'
import { loadFleetEndpoints } from '#lib/control/replay/load-fleet-endpoints.ts'
import { resolveDraft } from '#lib/control/replay/resolve-draft.ts'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { readSignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { median } from '../statistics.ts'

const SIGNATURES = Number(process.env['BENCH_SIGNATURES'] ?? 20_000)
/** Hours of the last 30 days in which each signature was seen. */
const HOURS = Number(process.env['BENCH_HOURS'] ?? 24)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7)
const [CALLERS, SERVICES, ENDPOINTS] = [200, 20, 500]
const DAY_MS = 86_400_000

/** Callers, services and endpoints in turn, so that each caller has as many signatures as any other. */
const FLEET = `
  INSERT INTO environment (id, slug, name, epoch, updated_at) VALUES (gen_random_uuid(), 'bench', 'Bench', gen_random_uuid(), now());
  INSERT INTO service (id, slug, name, updated_at) SELECT gen_random_uuid(), 'service-' || n, 'Service ' || n, now() FROM generate_series(1, ${SERVICES}) n;
  INSERT INTO scope (id, service_id, name, updated_at) SELECT gen_random_uuid(), id, 'things:' || verb, now() FROM service, unnest(ARRAY['read', 'write']) verb;
  INSERT INTO identity (id, client_id, kind, name, updated_at) SELECT gen_random_uuid(), 'caller-' || n, 'integration', 'Caller ' || n, now() FROM generate_series(1, ${CALLERS}) n;
  INSERT INTO "grant" (id, identity_id, scope_id, environment_id, created_by)
    SELECT gen_random_uuid(), i.id, c.id, e.id, 'bench' FROM identity i, scope c, environment e;
  INSERT INTO endpoint (id, environment_id, service_id, method, route, source, mode, rule, updated_at)
    SELECT gen_random_uuid(), e.id, v.id, 'GET', '/r' || n, 'manual', 'enforce', jsonb_build_object('access', 'token', 'requirements',
      jsonb_build_array(jsonb_build_object('kind', 'scopes', 'allOf', jsonb_build_array('things:read')))), now()
    FROM environment e, generate_series(1, ${ENDPOINTS}) n JOIN service v ON v.slug = 'service-' || (n % ${SERVICES} + 1);
  INSERT INTO decision_signature (environment_id, service_id, method, route, mode, outcome, caller_kind, caller, scopes, sender, evaluated, hash, first_at, last_at)
    SELECT p.environment_id, p.service_id, p.method, p.route, 'enforce', 'allowed', 'integration', 'caller-' || (n / ${ENDPOINTS} % ${CALLERS} + 1),
      CASE WHEN n % 3 = 0 THEN ARRAY['things:read'] ELSE ARRAY['things:read', 'things:write'] END, 'none', true, sha256(n::text::bytea), now() - interval '30 days', now()
    FROM generate_series(0, ${SIGNATURES - 1}) n JOIN (SELECT *, row_number() OVER (ORDER BY route) - 1 AS at FROM endpoint) p ON p.at = n % ${ENDPOINTS};
  INSERT INTO decision_hour (signature_id, bucket, count, token_ages)
    SELECT s.id, date_trunc('hour', now()) - h * interval '1 hour', 17, ARRAY[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]::bigint[]
    FROM decision_signature s, generate_series(0, ${HOURS - 1}) AS k, LATERAL (SELECT (k * ${Math.max(1, Math.floor(718 / HOURS))} + s.id % 3) AS h) AS at;
  ANALYZE`

type Draft = z.input<typeof ReplayDraft>

async function toDrafts(pool: pg.Pool): Promise<Record<string, Draft>> {
  const one = async (sql: string) => (await pool.query<{ id: string }>(sql)).rows[0]?.id ?? ''
  const scopeId = await one(`SELECT id FROM scope WHERE name = 'things:read' ORDER BY id LIMIT 1`)
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM endpoint')
  const modes = rows.map(({ id }) => ({ endpointId: id, mode: 'enforce' as const, percent: 50 }))
  return {
    'one grant': { kind: 'grants', removed: [{ clientId: 'caller-1', scopeId }] },
    'a lifetime of one identity': { kind: 'lifetimes', identities: [{ clientId: 'caller-1', seconds: 300 }] },
    'a scope': { kind: 'grants', deletedScopes: [scopeId] },
    'the percent of one endpoint': { kind: 'modes', modes: modes.slice(0, 1) },
    'the percent of every endpoint': { kind: 'modes', modes },
    'the lifetime of the environment': { kind: 'lifetimes', environmentSeconds: 300 },
  }
}

interface Timing {
  readonly read: number
  readonly replay: number
  readonly signatures: number
  readonly lost: number
}

async function timeDraft({ pool, prisma }: Database, environmentId: string, draft: Draft): Promise<Timing> {
  const to = new Date()
  const from = new Date(to.getTime() - 30 * DAY_MS)
  const startedAt = performance.now()
  const endpoints = await loadFleetEndpoints(pool, environmentId)
  const resolved = await resolveDraft(prisma, environmentId, endpoints, ReplayDraft.parse(draft))
  const recorded = await readSignatureTotals(pool, { ...resolved, environmentId, from, to })
  const readAt = performance.now()
  const { lost } = replayDraft(recorded, endpoints, resolved.draft)
  return { read: readAt - startedAt, replay: performance.now() - readAt, signatures: recorded.length, lost }
}

/** On a connection of its own: the pool gives up on queries that take so long. */
async function makeFleet(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(
    `SELECT ensure_decision_partitions((now() - interval '31 days')::date, (now() + interval '1 day')::date)`,
  )
  await client.query(FLEET).finally(() => client.end())
}

async function measure(database: Database): Promise<void> {
  const { id } = await database.prisma.environment.findUniqueOrThrow({ where: { slug: 'bench' } })
  const drafts = Object.entries(await toDrafts(database.pool))
  const timings = new Map<string, Timing[]>(drafts.map(([name]) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, draft] of drafts) {
      const timing = await timeDraft(database, id, draft)
      if (round > 0) timings.get(name)?.push(timing)
    }
  print(timings)
}

function print(timings: ReadonlyMap<string, readonly Timing[]>): void {
  const ms = (values: readonly number[]) => `${median(values).toFixed(1)} ms`
  console.log(`${SIGNATURES} signatures, seen in ${HOURS} hours of 30 days each; medians of ${ROUNDS} rounds`)
  console.table(
    Object.fromEntries(
      [...timings].map(([name, rounds]) => [
        name,
        {
          signatures: rounds[0]?.signatures,
          lost: rounds[0]?.lost,
          'read from the store': ms(rounds.map(({ read }) => read)),
          'replayed by the evaluator': ms(rounds.map(({ replay }) => replay)),
          'both, longest': `${Math.max(...rounds.map(({ read, replay }) => read + replay)).toFixed(1)} ms`,
        },
      ]),
    ),
  )
}

const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-bench-replay-'))
const postgres = await startEmbeddedPostgres({ dataDir })
try {
  await migrate({ url: postgres.urlOf('postgres') })
  await makeFleet(postgres.urlOf('postgres'))
  const database = openDatabase({ url: postgres.urlOf('postgres'), applicationName: 'bench' })
  await measure(database).finally(() => database.close())
} finally {
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
