/** A variable that nobody reads changes nothing; where one was probably meant that is said, once, and nothing fails. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { warnOfMisspelled } from '../src/connection/warn-of-misspelled.ts'
import { EventHub } from '../src/event-hub.ts'
import type { Stepgate } from '../src/index.ts'
import { variableOf } from '../src/setting-reader.ts'
import { OPTION_NAMES } from '../src/settings.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect } from './fixtures.ts'

const KNOWN = OPTION_NAMES.map(variableOf)

function warningsOf(env: Readonly<Record<string, string>>): string[] {
  const warnings: string[] = []
  const logger = { warn: (line: unknown) => warnings.push(String(line)), error: () => undefined }
  warnOfMisspelled(new EventHub(logger), KNOWN, env)
  return warnings
}

describe('warnOfMisspelled', () => {
  it.each([
    ['STEPGATE_CLIENTID', 'STEPGATE_CLIENT_ID'],
    ['STEPGATE_CLINET_ID', 'STEPGATE_CLIENT_ID'],
    ['STEPGATE_CONFIG_KEYS', 'STEPGATE_CONFIG_KEY'],
    ['STEPGATE_STATEDIR', 'STEPGATE_STATE_DIR'],
    ['STEPGATE_TRUSTED_PROXIS', 'STEPGATE_TRUSTED_PROXIES'],
    ['STEPGATE_GEO_ANS_DB', 'STEPGATE_GEO_ASN_DB'],
  ])('says of %s that %s may be meant', (name, meant) => {
    expect(warningsOf({ [name]: 'a value' })).toEqual([`stepgate: ${name} is not read, perhaps ${meant} is meant`])
  })

  it('says all of them in one line, without their values', () => {
    const [line = '', ...others] = warningsOf({ STEPGATE_CLIENTSECRET: 's3cret', STEPGATE_DPOPP: 'true' })
    expect(others).toEqual([])
    expect(line).toContain('STEPGATE_CLIENT_SECRET is meant; STEPGATE_DPOPP')
    expect(line).not.toContain('s3cret')
  })

  it('is silent about what is read, what nearly is but stands beside it, and what others read', () => {
    expect(warningsOf(Object.fromEntries(KNOWN.map((name) => [name, 'a value'])))).toEqual([])
    expect(warningsOf({ STEPGATE_CLIENT_ID: 'orders', STEPGATE_CLIENTID: 'former' })).toEqual([])
    const others = ['STEPGATE_DATA_DIR', 'STEPGATE_SECRET', 'STEPGATE_TLS_KEY', 'STEPGATE_PUBLIC_URL', 'STEPGATE_ROLES']
    expect(
      warningsOf(Object.fromEntries(['STEPGATES_URL', 'CLIENT_ID', ...others].map((name) => [name, 'x']))),
    ).toEqual([])
  })
})

describe('a stepgate', () => {
  const plane = new TestControlPlane()
  let stepgate: Stepgate

  beforeEach(() => plane.start())

  afterEach(async () => {
    await stepgate.close()
    await plane.kill()
  })

  it('starts all the same, and says it once in its log', async () => {
    vi.stubEnv('STEPGATE_TRUSTEDPROXIES', 'loopback')
    const warnings: string[] = []
    const logger = { warn: (line: unknown) => warnings.push(String(line)), error: () => undefined }
    stepgate = connect(plane, { logger })
    await stepgate.started
    await stepgate.getToken('payments')
    expect(stepgate.ready()).toBe(true)
    expect(warnings).toEqual([
      'stepgate: STEPGATE_TRUSTEDPROXIES is not read, perhaps STEPGATE_TRUSTED_PROXIES is meant',
    ])
  })
})
