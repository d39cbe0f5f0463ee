/** Laws of proofs: whatever is changed in a good one, it proves nothing; what is remembered is bounded and never forgotten early. */
import { describe, expect, it } from 'vitest'
import type { RequestReader } from '../src/guard/request-reader.ts'
import { normalizeTarget } from '../src/sender/proof-target.ts'
import { ReplayMemory } from '../src/sender/replay-memory.ts'
import { SenderProver } from '../src/sender/sender-prover.ts'
import { Authenticator } from '../src/token/authenticator.ts'
import { toVerifier } from '../src/token/verify-token.ts'
import { TestControlPlane } from './control-plane.ts'
import { makeProof, makeProofSigner } from './proofs.ts'
import { SeededRandom } from './seeded-random.ts'
import type { SigningAlgorithm } from './signing.ts'

interface Ask {
  readonly authorization: string
  readonly dpop: string
}

const reader: RequestReader<Ask> = {
  authorization: ({ authorization }) => authorization,
  userAgent: () => undefined,
  header: ({ dpop }, name) => (name === 'dpop' ? dpop : name === 'host' ? 'orders' : undefined),
  method: () => 'GET',
  path: () => '/orders/42',
  params: () => ({}),
  socket: () => undefined,
}

const plane = new TestControlPlane()
const LETTERS = Array.from('AZaz09-_.=,~ é')
const ADDRESS_LETTERS = Array.from('/a.%2fF6~?#\\@:;é')
const ENFORCED = { mode: 'enforce', percent: 100 } as const
const MUTATIONS = 1_500

describe('SenderProver', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as SigningAlgorithm[])(
    'takes no proof by %s in which one character was changed',
    (alg) => {
      const random = new SeededRandom()
      console.info(`seed ${String(random.seed)}`)
      const signer = makeProofSigner(alg)
      const authenticator = new Authenticator()
      authenticator.use(toVerifier(plane.snapshot))
      const prover = new SenderProver([])
      const token = plane.issueToken({ cnf: { jkt: signer.thumbprint } })
      const authorization = `DPoP ${token}`
      const problemOf = (dpop: string): string | null => {
        const ask = { authorization, dpop }
        const caller = authenticator.authenticate(ask, reader, Date.now())
        return prover.prove(caller, ask, reader, Date.now(), ENFORCED).facts.tokenProblem
      }
      const good = (): string => makeProof(signer, { url: 'http://orders/orders/42', token })
      for (let round = 0; round < MUTATIONS; round++) {
        const proof = good()
        const at = random.below(proof.length)
        const letter = random.pick(LETTERS)
        const mutated = `${proof.slice(0, at)}${letter}${proof.slice(at + random.below(2))}`
        if (mutated !== proof) expect(problemOf(mutated), mutated).toBe('sender-unproven')
      }
      expect(problemOf(good())).toBeNull()
    },
  )

  it('looks at a nonce by the period, and keeps nothing of one request for another', () => {
    const signer = makeProofSigner('EdDSA')
    const settings = { publicUrls: [], trustsClientCertHeader: false, dpopNonceSecret: 'x'.repeat(32) }
    const prover = new SenderProver([], settings)
    const authenticator = new Authenticator()
    authenticator.use(toVerifier(plane.snapshot))
    const token = plane.issueToken({ cnf: { jkt: signer.thumbprint }, exp: Math.floor(Date.now() / 1000) + 3_600 })
    const start = Math.ceil(Date.now() / 120_000) * 120_000
    const at = (nowMs: number, nonce?: string): { problem: string | null; nonce: string | null } => {
      const claims = { iat: Math.floor(nowMs / 1000), nonce }
      const ask = {
        authorization: `DPoP ${token}`,
        dpop: makeProof(signer, { url: 'http://orders/orders/42', token, claims }),
      }
      const caller = prover.prove(authenticator.authenticate(ask, reader, nowMs), ask, reader, nowMs, ENFORCED)
      return { problem: caller.facts.tokenProblem, nonce: prover.nonceFor(ask, nowMs) }
    }
    const { nonce } = at(start)
    expect(nonce).not.toBeNull()
    const problemAt = (afterMs: number): string | null => at(start + afterMs, nonce ?? '').problem
    expect([0, 119_999, 120_000, 239_999, 240_000].map(problemAt)).toEqual([null, null, null, null, 'sender-unproven'])
  })
})

describe('ReplayMemory', () => {
  it('takes a proof at most once while it could be used, however the clock jumps', () => {
    const random = new SeededRandom()
    console.info(`seed ${String(random.seed)}`)
    const memory = new ReplayMemory(100_000)
    const proofs: { readonly key: string; readonly id: string; readonly untilMs: number; uses: number }[] = []
    let nowMs = 1_800_000_000_000
    for (let round = 0; round < 20_000; round++) {
      nowMs += random.below(10) === 0 ? random.below(200_000) - 90_000 : random.below(200)
      if (proofs.length === 0 || random.below(4) === 0)
        proofs.push({
          key: `key ${String(random.below(3))}`,
          id: String(proofs.length),
          untilMs: nowMs + random.below(120_000),
          uses: 0,
        })
      const proof = random.below(2) === 0 ? proofs.at(-1) : random.pick(proofs.slice(-500))
      if (proof === undefined || nowMs > proof.untilMs) continue
      if (memory.claim(proof.key, proof.id, proof.untilMs, nowMs)) proof.uses++
      expect(proof.uses, proof.id).toBeLessThanOrEqual(1)
    }
    expect(proofs.filter(({ uses }) => uses === 1).length).toBeGreaterThan(100)
    expect(memory.size).toBeLessThan(proofs.length / 2)
  })

  it('refuses when it is full, leaves others half of its room to one key, and has room again later', () => {
    const memory = new ReplayMemory(100)
    const claims = (key: string, count: number, nowMs: number): number =>
      Array.from({ length: count }, (_, index) =>
        memory.claim(key, `${String(nowMs)} ${String(index)}`, nowMs + 60_000, nowMs),
      ).filter(Boolean).length
    expect(claims('greedy', 200, 1_000_000)).toBe(50)
    expect(claims('modest', 30, 1_000_000)).toBe(30)
    expect(claims('third', 200, 1_000_000)).toBe(20)
    expect(claims('late', 1, 1_000_000)).toBe(0)
    expect(memory.claim('greedy', '1000000 0', 1_060_000, 1_059_999)).toBe(false)
    expect(claims('late', 10, 1_090_000)).toBe(10)
    expect(memory.size).toBe(10)
  })
})

describe('normalizeTarget', () => {
  it('is its own fixed point, and null for what is no address', () => {
    const random = new SeededRandom()
    console.info(`seed ${String(random.seed)}`)
    for (let round = 0; round < 5_000; round++) {
      const text = `http${random.pick(['', 's'])}://${random.pick(['a', 'A.b', '[::1]', 'a:80', 'a:443', 'a b', ''])}${Array.from(
        { length: random.below(12) },
        () => random.pick(ADDRESS_LETTERS),
      ).join('')}`
      const once = normalizeTarget(text)
      if (once !== null) expect(normalizeTarget(once), text).toBe(once)
    }
    for (const text of [
      '',
      'orders',
      'ftp://a/',
      'http://u:p@a/',
      `http://a/${'x'.repeat(3_000)}`,
      'javascript:1',
      'http://a/%%66F',
      'http://a/%zz',
    ])
      expect(normalizeTarget(text)).toBeNull()
  })
})
