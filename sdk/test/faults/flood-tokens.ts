import { TestControlPlane } from '../control-plane.ts'
import { endpoint } from '../fixtures.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { encodePart } from '../signing.ts'
import { bareRequestReader, makeDecider } from './decider.ts'
import { Violations, type Findings } from './findings.ts'
import { grownHeapBytes } from './heap.ts'

const HEAP_GROWTH_BYTES_MAX = 32 * 1024 * 1024

/** Tokens without end, each naming a key that nobody knows: all are refused, good ones in between are not, and memory stays bounded. */
export function floodWithUnknownKeys(trial: { readonly random: SeededRandom; readonly tokens: number }): Findings {
  const { random, tokens } = trial
  const violations = new Violations()
  const plane = new TestControlPlane([endpoint('GET /orders', 'enforce')])
  const { guard, routes } = makeDecider(plane, { queueSizeMax: 1_000, intervalMs: 1_000 })
  const route = routes.register('GET', '/orders')
  guard.apply(plane.snapshot)
  const good = `Bearer ${plane.issueToken()}`
  const [, payload = '', signature = ''] = plane.issueToken().split('.')
  const isRefused = (authorization: string): boolean => {
    const answer = guard.check(route, { authorization }, bareRequestReader)
    return answer !== null && 'refused' in answer
  }
  let refused = 0
  const heapGrowthBytes = grownHeapBytes(() => {
    for (let index = 0; index < tokens; index++) {
      const header = encodePart({ typ: 'at+jwt', alg: 'EdDSA', kid: `${String(index)}-${random.next().toString(36)}` })
      const tail = random.next().toString(36).slice(2, 12).padEnd(10, 'x')
      if (isRefused(`Bearer ${header}.${payload}.${signature.slice(0, -12)}${tail}${signature.slice(-2)}`)) refused++
      if (index % 100 === 0) violations.require(!isRefused(good), 'a good token was refused during the flood')
    }
  })
  violations.require(refused === tokens, `${String(tokens - refused)} tokens with an unknown key were let through`)
  violations.require(heapGrowthBytes <= HEAP_GROWTH_BYTES_MAX, `the heap grew by ${String(heapGrowthBytes)} bytes`)
  return { figures: { tokens, refused, heapGrowthBytes }, violations: violations.list() }
}
