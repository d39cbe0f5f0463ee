/** Thousands of configurations that were tampered with: none is accepted, none does harm. */
import { describe, expect, it } from 'vitest'
import { acceptSnapshot, type SignedSnapshot } from '../src/config/accept-snapshot.ts'
import { parseSettings } from '../src/settings.ts'
import { CLIENT_ID, TestControlPlane } from './control-plane.ts'
import { besiegeWithSnapshots } from './faults/hostile-snapshots.ts'
import { endpoint } from './fixtures.ts'
import { flipBits } from './faults/snapshot-attacks.ts'
import { SeededRandom } from './seeded-random.ts'
import { signSnapshot } from './signing.ts'

const plane = new TestControlPlane([endpoint('GET /orders', 'enforce'), endpoint('POST /orders', 'log-only')])
const { configKeys } = parseSettings(
  { url: 'http://127.0.0.1', clientId: CLIENT_ID, clientSecret: 'x', configKey: plane.configKey.pin },
  {},
)
const { body, signature } = plane.signed
const accept = (candidate: Buffer, signatures: string | undefined, current: SignedSnapshot | null = null): boolean =>
  'accepted' in acceptSnapshot({ body: candidate, signatures }, current, CLIENT_ID, configKeys)

it(
  'takes no configuration that was tampered with, from the network or from disk, and none that is cut off',
  { timeout: 300_000 },
  async () => {
    const random = new SeededRandom()
    const { figures, violations } = await besiegeWithSnapshots({
      random,
      checked: 10_000,
      fromNetwork: 400,
      fromDisk: 400,
      cutEvery: 1,
    })
    expect(violations, `seed ${String(random.seed)}`).toEqual([])
    expect(figures['cuts']).toBeGreaterThan(1_000)
    expect(figures['refused']).toBe(10_800 + Number(figures['cuts']))
  },
)

describe('acceptSnapshot', () => {
  it('accepts what was signed', () => {
    expect(accept(body, signature)).toBe(true)
  })

  it('accepts no signature in another form', () => {
    const [header = '', , value = ''] = signature.split('.')
    for (const form of [
      undefined,
      '',
      '..',
      `${header}.${body.toString('base64url')}.${value}`,
      `${header}.${value}`,
      `${header}..${value}.`,
      `${header}..${value}=`,
      `.${value}`,
      ','.repeat(10_000),
    ]) {
      expect(accept(body, form)).toBe(false)
    }
  })

  it('refuses well-signed bytes that are not a configuration, without a crash', () => {
    const random = new SeededRandom()
    for (let index = 0; index < 1_000; index++) {
      const changed = flipBits(random, body)
      const outcome = acceptSnapshot(
        { body: changed, signatures: signSnapshot(plane.configKey, changed) },
        null,
        CLIENT_ID,
        configKeys,
      )
      // Some changes leave a configuration, another one; what matters is that each is either whole or refused.
      if ('accepted' in outcome) expect(outcome.accepted.snapshot.service).toBe(CLIENT_ID)
      else expect(outcome.refused, `seed ${String(random.seed)}`).toMatch(/^snapshot-(?:invalid|foreign)$/)
    }
  })
})
