import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { SignatureReport } from '#lib/contract/machine.ts'
import { median } from '../statistics.ts'

const ROUNDS = 5
export const ROWS_PER_ROUND = 100_000
export const ITEMS_PER_BATCH = 1_000
const SIGNATURES = 5_000
const SENDERS = 8
const FOLDED_COUNT = 20

/** Decisions stored for good through the gateway, beside bare COPY of the same facts as wide rows: unlogged, without index, not deduplicated. */
export async function measureIngest(gatewayUrl: string, token: string, databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await createWideTable(client)
  const copies: number[] = []
  const raws: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const copied = await measureCopy(client)
    const stored = await measureReports(gatewayUrl, token)
    if (round === 0) continue // warms caches and learns the signatures
    copies.push(copied)
    raws.push(stored)
  }
  await client.query('DROP TABLE bench_wide')
  await client.end()
  const ratio = median(raws.map((stored, round) => stored / (copies[round] ?? Number.NaN)))
  console.log(
    `ingest, one by one      ${Math.round(median(raws))} decisions/s, bare wide COPY ${Math.round(median(copies))} rows/s: ratio ${ratio.toFixed(2)} (goal ≥ 1.2)`,
  )
  console.log(
    `ingest, folded by ${FOLDED_COUNT}    ${Math.round(median(raws) * FOLDED_COUNT)} decisions/s: ratio ${(ratio * FOLDED_COUNT).toFixed(1)} (goal ≥ 3)`,
  )
}

export const createWideTable = (client: pg.Client) =>
  client.query(
    'CREATE UNLOGGED TABLE bench_wide (at timestamptz, facts jsonb, service text, method text, route text, mode text, outcome text, reason text, caller text, issuer text, scopes text[], address text)',
  )

/** Rows a second. */
export async function measureCopy(client: pg.Client): Promise<number> {
  await client.query('TRUNCATE bench_wide')
  const lines = Array.from({ length: ROWS_PER_ROUND }, (_, index) => {
    const route = `/things/${index % 200}/:thingId`
    const facts = JSON.stringify({
      tokenProblem: null,
      callerKind: 'service',
      sender: 'none',
      revision: 1,
      tokenAgeSeconds: index % 900,
    })
    return `2026-01-01T00:00:00Z\t${facts}\tservice-0\tGET\t${route}\tlog-only\tallowed\t\\N\tcaller-${index % 100}\thttp://localhost:4300/e/bench\t{things:read,things:list}\t10.0.0.${index % 255}\n`
  })
  const chunks = Array.from({ length: Math.ceil(lines.length / 1_000) }, (_, index) =>
    lines.slice(index * 1_000, (index + 1) * 1_000).join(''),
  )
  const startedAt = performance.now()
  await pipeline(Readable.from(chunks), client.query(copyFrom('COPY bench_wide FROM STDIN')))
  return ROWS_PER_ROUND / ((performance.now() - startedAt) / 1_000)
}

async function measureReports(gatewayUrl: string, token: string): Promise<number> {
  const bodies = Array.from({ length: ROWS_PER_ROUND / ITEMS_PER_BATCH }, (_, index) =>
    gzipSync(JSON.stringify(makeBatch(index * ITEMS_PER_BATCH)), { level: 1 }),
  )
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
  const startedAt = performance.now()
  const next = bodies.values()
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (const body of next) await send(`${gatewayUrl}/v1/decisions`, agent, token, body)
    }),
  )
  agent.destroy()
  return ROWS_PER_ROUND / ((performance.now() - startedAt) / 1_000)
}

const NO_AGES = Array.from({ length: 17 }, (_, index) => Number(index === 3))

export function makeBatch(first: number, changes: Partial<SignatureReport> = {}) {
  const at = new Date().toISOString()
  return {
    batchId: randomUUID(),
    instance: {
      id: randomUUID(),
      workload: 'bench',
      sdkVersion: '0',
      nodeVersion: '24',
      framework: 'fastify',
      hostname: 'bench',
      startedAt: at,
      epoch: null,
      revision: null,
      state: 'fresh' as const,
    },
    window: { from: at, to: at },
    signatures: Array.from({ length: ITEMS_PER_BATCH }, (_, index) => ({
      ...makeSignature((first + index) % SIGNATURES, at),
      ...changes,
    })),
    samples: [],
    dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
  }
}

function makeSignature(number: number, at: string): object {
  return {
    method: 'GET',
    route: `/things/${number % 200}/:thingId`,
    mode: 'log-only',
    outcome: 'allowed',
    reason: null,
    tokenProblem: null,
    callerKind: 'service',
    caller: `caller-${Math.floor(number / 200)}`,
    callerHint: null,
    issuer: 'http://localhost:4300/e/bench',
    scopes: ['things:list', 'things:read'],
    missingScopes: [],
    sender: 'none',
    revision: 1,
    evaluated: true,
    count: 1,
    firstAt: at,
    lastAt: at,
    tokenAges: NO_AGES,
  }
}

export function send(url: string, agent: Agent, token: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': body.length,
    }
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.once('end', () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`A batch was answered with ${response.statusCode}.`)),
      )
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
