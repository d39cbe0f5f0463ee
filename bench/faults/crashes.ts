import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DecisionReceipt } from '#lib/contract/machine.ts'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { findRunningOwnerUrl } from '#lib/store/embedded-postgres.ts'
import { createFleet, eventually, machineToken } from '#server/gateway/testing/gateway-fixture.ts'
import { findFreePort } from '#server/listening.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { median } from '../statistics.ts'
import { killPostgres } from './kill-postgres.ts'

export interface CrashTrial {
  readonly random: SeededRandom
  readonly crashes: number
  /** Every so many crashes, the gateway is killed instead of PostgreSQL. */
  readonly gatewayEvery: number
  readonly onCrash?: (number: number) => void
}

const SERVICE = 'orders'
const SENDERS = 8
const ROUTES = 40
const SIGNATURES_PER_BATCH = 10
const CRASH_AFTER_MS_MAX = 800
const REPEAT_AFTER_MS = 25
const RECOVERY_SECONDS_MAX = 120

/** What has been acknowledged, by route. */
interface Ledger {
  readonly counts: Map<string, number>
  readonly samples: Set<string>
  batches: number
  attempts: number
  /** Acknowledged as stored before: the commit was there and its answer was lost. */
  repeated: number
}

/**
 * Senders that repeat each batch until it is acknowledged, as the middleware does, while PostgreSQL and the gateway are killed at
 * random moments. In the end everything acknowledged is stored, and nothing twice.
 */
export async function liveThroughCrashes({ random, crashes, gatewayEvery, onCrash }: CrashTrial): Promise<Findings> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-crashes-'))
  const gateway = new GatewayProcess({
    port: await findFreePort(),
    dataDir,
    settings: { STEPGATE_ROLES: 'gateway,worker' },
  })
  try {
    await gateway.start()
    const database = openDatabase({ url: findRunningOwnerUrl(dataDir) ?? '' })
    const fleet = await createFleet(database, { services: [SERVICE] })
    const token = await eventually(() => machineToken(gateway.url, fleet, SERVICE).catch(() => undefined))
    const ledger: Ledger = { counts: new Map(), samples: new Set(), batches: 0, attempts: 0, repeated: 0 }
    const stop = new AbortController()
    const senders = Array.from({ length: SENDERS }, () => send(gateway.url, token, random, ledger, stop.signal))
    const recoveries: number[] = []
    for (let crash = 1; crash <= crashes; crash++) {
      await sleep(random.below(CRASH_AFTER_MS_MAX))
      const crashNow = crash % gatewayEvery === 0 ? () => restart(gateway) : () => killPostgres(dataDir)
      recoveries.push(await crashOnce(crashNow, ledger))
      onCrash?.(crash)
    }
    stop.abort()
    await Promise.all(senders)
    const findings = await compare(database, ledger, recoveries)
    await database.close()
    return findings
  } finally {
    await gateway.end('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function restart(gateway: GatewayProcess): Promise<void> {
  await gateway.end('SIGKILL')
  await gateway.start()
}

/** Answers the milliseconds until a batch is acknowledged again. */
async function crashOnce(crash: () => Promise<void> | void, ledger: Ledger): Promise<number> {
  const startedAt = performance.now()
  await crash()
  const { batches } = ledger
  // Those that were on their way may still be acknowledged.
  await eventually(() => Promise.resolve(ledger.batches > batches + SENDERS), RECOVERY_SECONDS_MAX)
  return performance.now() - startedAt
}

async function send(
  url: string,
  token: string,
  random: SeededRandom,
  ledger: Ledger,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    const batch = makeBatch(random)
    const { duplicate } = await sendUntilAcknowledged(url, token, batch, ledger)
    ledger.batches++
    ledger.repeated += Number(duplicate)
    for (const { route, count } of batch.signatures) ledger.counts.set(route, (ledger.counts.get(route) ?? 0) + count)
    for (const { id } of batch.samples) ledger.samples.add(id)
  }
}

async function sendUntilAcknowledged(
  url: string,
  token: string,
  batch: object,
  ledger: Ledger,
): Promise<DecisionReceipt> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  for (;;) {
    ledger.attempts++
    try {
      const answer = await fetch(`${url}/v1/decisions`, { method: 'POST', body: JSON.stringify(batch), headers })
      if (answer.ok) return (await answer.json()) as DecisionReceipt // as the contract has it
    } catch {
      // The gateway is away: the answer was lost, or the batch.
    }
    await sleep(REPEAT_AFTER_MS)
  }
}

function makeBatch(random: SeededRandom) {
  const at = new Date().toISOString()
  const first = random.below(ROUTES)
  const instance = {
    id: randomUUID(),
    workload: SERVICE,
    sdkVersion: '0',
    nodeVersion: '24',
    framework: 'fastify',
    hostname: 'crashes',
    startedAt: at,
    epoch: null,
    revision: null,
    state: 'fresh',
  }
  const signatures = Array.from({ length: SIGNATURES_PER_BATCH }, (_, index) => ({
    method: 'GET',
    route: `/things/${String((first + index) % ROUTES)}`,
    mode: 'log-only',
    outcome: 'would-deny',
    reason: 'scope-missing',
    tokenProblem: null,
    callerKind: 'service',
    caller: 'billing',
    callerHint: null,
    issuer: null,
    scopes: [],
    missingScopes: ['things:read'],
    sender: 'none',
    revision: 1,
    evaluated: true,
    count: 1 + random.below(20),
    firstAt: at,
    lastAt: at,
    tokenAges: null,
  }))
  // Few enough that none is beyond the bound of its signature.
  const samples = random.below(20) > 0 ? [] : [makeSample(at)]
  const dropped = { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 }
  return { batchId: randomUUID(), instance, window: { from: at, to: at }, signatures, samples, dropped }
}

const makeSample = (at: string) => ({
  id: randomUUID(),
  at,
  signature: 0,
  path: '/things',
  address: '10.0.0.1',
  userAgent: 'node',
  subject: null,
  tokenId: null,
  tokenAgeSeconds: null,
  checks: [{ check: 'scopes', passed: false, detail: 'things:read is missing' }],
})

async function compare(database: Database, ledger: Ledger, recoveries: readonly number[]): Promise<Findings> {
  const violations = new Violations()
  for (const table of ['decision_minute', 'decision_hour'] as const) {
    const stored = await readStored(database, table)
    for (const [route, count] of ledger.counts)
      violations.require(
        stored.get(route) === count,
        `${table}: ${String(stored.get(route))} of ${route}, acknowledged ${String(count)}`,
      )
  }
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM decision_sample')
  const kept = new Set(rows.map(({ id }) => id))
  for (const id of ledger.samples) violations.require(kept.has(id), `sample ${id} is not there`)
  violations.require(kept.size === rows.length, 'a sample is there twice')
  const decisions = [...ledger.counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    figures: {
      crashes: recoveries.length,
      'batches acknowledged': ledger.batches,
      'attempts that were not': ledger.attempts - ledger.batches,
      'acknowledged as stored before, their answer lost': ledger.repeated,
      'decisions acknowledged and stored': decisions,
      'samples acknowledged and stored': ledger.samples.size,
      'ms until the next batch, median': Math.round(median(recoveries)),
      'ms until the next batch, most': Math.round(Math.max(...recoveries)),
    },
    violations: violations.list(),
  }
}

async function readStored(
  { pool }: Database,
  table: 'decision_minute' | 'decision_hour',
): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ route: string; count: number }>(
    `SELECT s.route, sum(c.count)::float8 AS count FROM ${table} c JOIN decision_signature s ON s.id = c.signature_id GROUP BY s.route`,
  )
  return new Map(rows.map(({ route, count }) => [route, count]))
}
