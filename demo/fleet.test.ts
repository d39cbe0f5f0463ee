import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, type Stepgate } from '#server/launcher.ts'
import { findFreePort } from '#server/listening.ts'
import { parseSettings } from '#server/settings.ts'
import { checkFleet } from './check-fleet.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { FleetStateFile } from './setup/fleet-state.ts'
import { ManagementClient } from './setup/management-client.ts'

const STARTS_WITHIN_MS = 120_000

let dataDir = ''
let stepgate: Stepgate
let fleet: Fleet
let steps: string[] = []

async function startDemo(): Promise<void> {
  const port = (await findFreePort()).toString()
  steps = []
  stepgate = await launch(
    parseSettings({ PORT: port, STEPGATE_DATA_DIR: dataDir, STEPGATE_ROLES: 'gateway,worker', LOG_LEVEL: 'fatal' }),
  )
  const { gatewayUrl, setupUrl } = stepgate
  fleet = await startFleet({ gatewayUrl: gatewayUrl ?? '', dataDir, setupUrl, progress: (step) => steps.push(step) })
}

async function stopDemo(): Promise<void> {
  await fleet.close()
  await stepgate.close()
}

const api = () =>
  ManagementClient.withToken(stepgate.gatewayUrl ?? '', new FleetStateFile(join(dataDir, 'demo')).state.apiToken ?? '')
const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stepgate-demo-test-'))
  await startDemo()
}, STARTS_WITHIN_MS)

afterAll(async () => {
  await stopDemo()
  rmSync(dataDir, { recursive: true, force: true })
}, STARTS_WITHIN_MS)

describe('the demo fleet', () => {
  it('shows each of its problems within a minute of the first start', async () => {
    const checks = await checkFleet(stepgate.gatewayUrl ?? '', dataDir)
    expect(checks.filter(({ visible }) => !visible)).toEqual([])
    expect(checks).toHaveLength(6)
  }, 90_000)

  it('has two weeks of history, marked as replayed', async () => {
    const params = { environment: 'production' }
    const from = new Date(Date.now() - 13 * 86_400_000).toISOString()
    const { buckets, series } = await api().call('readSeries', { params, query: { from } })
    const allowed = series.find(({ key }) => key === 'allowed')?.counts ?? []
    expect(allowed.filter((count) => count > 0).length).toBeGreaterThan(0.9 * buckets.length)
    const to = new Date(Date.now() - 3_600_000).toISOString()
    const { items } = await api().call('listSamples', { params, query: { from, to, limit: 10 } })
    expect(items.length).toBeGreaterThan(0)
    expect(items.every(({ replayed }) => replayed)).toBe(true)
  })

  it('keeps its secrets from other people of the machine', () => {
    for (const file of [
      'demo-accounts.json',
      'demo/fleet.json',
      'demo/customers.json',
      'demo/identity-provider-keys.json',
    ]) {
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0)
    }
  })

  it(
    'leaves nothing running when it is closed, and starts again on what was there',
    async () => {
      const pids = fleet.programs.map(({ pid }) => pid)
      const before = await api().call('listEndpoints', { params: { environment: 'production' }, query: { limit: 500 } })
      expect(pids.every(isAlive)).toBe(true)
      await stopDemo()
      expect(pids.some(isAlive)).toBe(false)

      await startDemo()
      expect(steps).toEqual(['Starting the services of the shop'])
      const after = await api().call('listEndpoints', { params: { environment: 'production' }, query: { limit: 500 } })
      const modesOf = ({ items }: typeof before) => items.map(({ id, mode, percent }) => ({ id, mode, percent }))
      expect(modesOf(after)).toEqual(modesOf(before))
    },
    STARTS_WITHIN_MS,
  )
})
