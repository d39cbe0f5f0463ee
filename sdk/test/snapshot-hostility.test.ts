/** Thousands of configurations that were tampered with: none is accepted, none does harm. */
import { describe, expect, it } from 'vitest'
import { acceptSnapshot, type SignedSnapshot } from '../src/config/accept-snapshot.ts'
import { parseSettings } from '../src/settings.ts'
import { CLIENT_ID, TestControlPlane } from './control-plane.ts'
import { endpoint } from './fixtures.ts'
import { SeededRandom } from './seeded-random.ts'
import { signSnapshot } from './signing.ts'

const MUTATIONS = Number(process.env['STEPGATE_TEST_MUTATIONS'] ?? 6_000)

const plane = new TestControlPlane([endpoint('GET /orders', 'enforce'), endpoint('POST /orders', 'log-only')])
const { configKeys } = parseSettings(
  { url: 'http://127.0.0.1', clientId: CLIENT_ID, clientSecret: 'x', configKey: plane.configKey.pin },
  {},
)
const { body, signature } = plane.signed
const accept = (candidate: Buffer, signatures: string | undefined, current: SignedSnapshot | null = null): boolean =>
  'accepted' in acceptSnapshot({ body: candidate, signatures }, current, CLIENT_ID, configKeys)

const flipBits = (random: SeededRandom, bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  for (let count = random.below(3); count >= 0; count--) {
    const index = random.below(copy.length)
    copy[index] = (copy[index] ?? 0) ^ (1 << random.below(8))
  }
  return copy
}

describe('acceptSnapshot', () => {
  it('accepts what was signed', () => {
    expect(accept(body, signature)).toBe(true)
  })

  it('accepts nothing in which a bit of the body was changed', () => {
    const random = new SeededRandom()
    for (let index = 0; index < MUTATIONS; index++) {
      const changed = flipBits(random, body)
      expect(
        accept(changed, signature) && !changed.equals(body),
        `seed ${String(random.seed)}, round ${String(index)}`,
      ).toBe(false)
    }
  })

  it('accepts nothing in which a bit of the signature was changed', () => {
    const random = new SeededRandom()
    for (let index = 0; index < MUTATIONS / 2; index++) {
      const changed = flipBits(random, Buffer.from(signature)).toString('latin1')
      // A separator in the right place leaves a whole signature beside rubbish, which is no forgery.
      if (changed === signature || changed.split(',').some((part) => part.trim() === signature)) continue
      expect(accept(body, changed), `seed ${String(random.seed)}, round ${String(index)}: ${changed}`).toBe(false)
    }
  })

  it('accepts nothing that was cut off anywhere', () => {
    for (let length = 0; length < body.length; length++) expect(accept(body.subarray(0, length), signature)).toBe(false)
    for (let length = 0; length < signature.length; length++)
      expect(accept(body, signature.slice(0, length))).toBe(false)
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
    for (let index = 0; index < MUTATIONS / 6; index++) {
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
