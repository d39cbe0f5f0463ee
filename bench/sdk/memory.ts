/** What a busy service's middleware keeps in memory: tokens it has seen, and decisions that wait to be reported. */
import { queryObjects } from 'node:v8'
import { liveBytes } from '../../sdk/test/faults/heap.ts'
import { Caller } from '../../sdk/src/token/caller.ts'
import { makeGuard, makeToken, type GuardHarness } from './guard-harness.ts'

const TOKENS_MIN = 10_000
const SIGNATURES = 20_000
const FLOOD = 200_000
/** Of the flood, beside what was there before it. */
const GROWTH_BYTES_MAX = 1_000_000
const BYTES_MAX = 32_000_000
const MEGABYTE = 1_000_000

const figure = (value: number): string => value.toLocaleString('en')
const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`

/** A header of its own, as every request brings one. */
const headerOf = (token: string): string => Buffer.from(`Bearer ${token}`).toString('latin1')

const isRefused = (guard: GuardHarness, authorization: string): boolean => {
  const answer = guard.check({ authorization })
  return answer !== null && typeof answer === 'object' && 'refused' in answer
}

function present(guard: GuardHarness, count: number, isExpected: boolean, toHeader: (index: number) => string): void {
  for (let index = 0; index < count; index++) {
    if (isRefused(guard, toHeader(index)) === isExpected) throw new Error('the bench measures the wrong answer')
  }
}

const countCallers = (): number => queryObjects(Caller, { format: 'count' })

/** A token for each of 20,000 callers, each a signature of its own. */
function fill(guard: GuardHarness): void {
  present(guard, SIGNATURES, true, (index) => headerOf(makeToken(guard.key, index, `caller-${String(index)}`)))
}

function floodWithValid(guard: GuardHarness): void {
  present(guard, FLOOD, true, (index) =>
    headerOf(makeToken(guard.key, SIGNATURES + index, `caller-${String(index % SIGNATURES)}`)),
  )
}

/** Each with a signature of its own, which costs its sender nothing. */
function floodWithForged(guard: GuardHarness): void {
  const token = makeToken(guard.key, 0, 'caller-0')
  const signed = token.slice(0, token.lastIndexOf('.') + 1)
  present(guard, FLOOD, false, (index) => {
    const signature = Buffer.alloc(64, index % 251)
    signature.writeUInt32LE(index, 56)
    return headerOf(signed + signature.toString('base64url'))
  })
}

function report(what: string, bytes: number, bytesMax: number): void {
  const isKept = bytes <= bytesMax
  console.log(
    `  ${what.padEnd(46)} ${megabytes(bytes).padStart(8)}   ${isKept ? 'met' : 'MISSED'}: at most ${megabytes(bytesMax)}`,
  )
  if (!isKept) process.exitCode = 1
}

export function benchMemory(): void {
  const guard = makeGuard('EdDSA', 'enforce')
  const [before, callersBefore] = [liveBytes(), countCallers()]
  fill(guard)
  const [filled, tokens] = [liveBytes() - before, countCallers() - callersBefore]
  if (tokens < TOKENS_MIN) throw new Error(`only ${figure(tokens)} tokens are kept`)
  if (guard.signatures() !== SIGNATURES) throw new Error(`${figure(guard.signatures())} signatures wait`)
  console.log(`\nMemory, after ${figure(SIGNATURES)} callers`)
  report(`${figure(tokens)} tokens kept, ${figure(SIGNATURES)} signatures waiting`, filled, BYTES_MAX)
  floodWithValid(guard)
  const flooded = liveBytes() - before
  report(`grown by ${figure(FLOOD)} other tokens`, flooded - filled, GROWTH_BYTES_MAX)
  floodWithForged(guard)
  report(`grown by ${figure(FLOOD)} forged ones`, liveBytes() - before - flooded, GROWTH_BYTES_MAX)
  console.log(
    `  ${figure(countCallers() - callersBefore)} callers kept after the floods, ${figure(guard.signatures())} signatures`,
  )
}
