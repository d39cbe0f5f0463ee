import type { CredentialUse } from '#lib/evidence/judge-sharing.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythms.ts'

/** A program that asks for a token whenever the one it has is over. */
interface Program {
  readonly workload: string
  readonly addresses: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly everySeconds: number
}

/** A credential with what is true of it, and its uses as the control plane counts them. */
export interface Credential {
  readonly story: string
  readonly isShared: boolean
  readonly uses: readonly CredentialUse[]
  readonly tokenLifetimeSeconds: number
  readonly concurrentRequests: number
}

const NAMES = [
  'orders-api',
  'stock-sync',
  'billing',
  'mail-sender',
  'cart/server.js',
  'reports',
  'search-indexer',
  'payments',
]
const POD_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const WEEK_MS = 7 * DAY_MS

class Storyteller {
  readonly random: SeededRandom
  readonly nowMs: number
  readonly lifetime: number
  readonly #names: string[]

  constructor(random: SeededRandom, nowMs: number) {
    this.random = random
    this.nowMs = nowMs
    this.lifetime = random.pick([300, 900, 900, 3_600])
    const from = random.below(NAMES.length)
    this.#names = [...NAMES.slice(from), ...NAMES.slice(0, from)]
  }

  name = (): string => this.#names.shift() ?? 'program'
  address = (): string => `10.${String(this.random.below(250))}.${String(this.random.below(250))}.7`
  /** Between so many milliseconds ago. */
  ago = (least: number, most: number): number => this.nowMs - least - this.random.next() * (most - least)
  word = (letters: string, length: number): string =>
    Array.from({ length }, () => letters[this.random.below(letters.length)]).join('')

  program(overrides: Partial<Program> = {}): Program {
    return {
      ...{
        workload: this.name(),
        addresses: [this.address()],
        fromMs: this.ago(2 * DAY_MS, WEEK_MS),
        toMs: this.nowMs,
      },
      everySeconds: this.lifetime,
      ...overrides,
    }
  }
}

type Story = (teller: Storyteller) => readonly Program[]

/** Two programs use one credential, and both did within the last day. */
const SHARED: Readonly<Record<string, Story>> = {
  'two services, apart': (teller) => [teller.program(), teller.program()],
  'two services behind one address': (teller) => {
    const addresses = [teller.address()]
    return [teller.program({ addresses }), teller.program({ addresses })]
  },
  'a service and a daily job': (teller) => [teller.program(), teller.program({ everySeconds: 86_400 - 600 })],
  'since some hours': (teller) => [teller.program(), teller.program({ fromMs: teller.ago(2 * HOUR_MS, 12 * HOUR_MS) })],
  'names of one family': (teller) => {
    const name = teller.name()
    return [
      teller.program({ workload: name }),
      teller.program({ workload: `${name}-${teller.random.pick(['worker', 'cron', 'admin'])}` }),
    ]
  },
  'a person with curl, once or twice': (teller) => {
    const fromMs = teller.ago(HOUR_MS, 20 * HOUR_MS)
    return [
      teller.program(),
      teller.program({ workload: 'curl', fromMs, toMs: fromMs + teller.random.below(3) * MINUTE_MS, everySeconds: 60 }),
    ]
  },
  'two programs whose names differ by a number': (teller) => {
    const name = teller.name()
    return [teller.program({ workload: `${name}-1` }), teller.program({ workload: `${name}-2` })]
  },
  'replicas and a stranger': (teller) => [...replicas(teller, podName(teller)), teller.program()],
}

/** One program, in all the ways in which it may look like two. */
const ALONE: Readonly<Record<string, Story>> = {
  'many instances of one name': (teller) => [teller.program({ addresses: Array.from({ length: 6 }, teller.address) })],
  'a restart elsewhere': (teller) => {
    const [workload, movedMs] = [teller.name(), teller.ago(HOUR_MS, 20 * HOUR_MS)]
    return [teller.program({ workload, toMs: movedMs }), teller.program({ workload, fromMs: movedMs + MINUTE_MS })]
  },
  'pods of a deployment': (teller) => replicas(teller, podName(teller)),
  'pods, one deployment after another': (teller) => {
    const base = teller.name()
    const movedMs = teller.ago(HOUR_MS, 20 * HOUR_MS)
    return [podName(teller, base), podName(teller, base)].flatMap((named, index) =>
      replicas(teller, named).map((program) => ({
        ...program,
        ...(index === 0 ? { toMs: movedMs + 10 * MINUTE_MS } : { fromMs: movedMs }),
      })),
    )
  },
  'numbered replicas': (teller) => {
    const [base, separator] = [teller.name(), teller.random.pick(['-', '_', '.', ''])]
    return replicas(teller, (index) => `${base}${separator}${String(index)}`)
  },
  'container ids': (teller) => replicas(teller, () => `${teller.word('0123456789abcdef', 11)}7`),
  'container ids after a name': (teller) => {
    const base = teller.name()
    return replicas(teller, () => `${base}-${teller.word('0123456789abcdef', 11)}7`)
  },
  'a rename': (teller) => {
    const movedMs = teller.ago(HOUR_MS, 20 * HOUR_MS)
    return [teller.program({ toMs: movedMs }), teller.program({ fromMs: movedMs + teller.random.next() * 2 * HOUR_MS })]
  },
  'a rename while both run for some minutes': (teller) => {
    const movedMs = teller.ago(3 * HOUR_MS, 20 * HOUR_MS)
    return [
      teller.program({ toMs: movedMs + (2 + teller.random.below(28)) * MINUTE_MS }),
      teller.program({ fromMs: movedMs }),
    ]
  },
  'a rename while both run for hours': (teller) => {
    const movedMs = teller.ago(8 * HOUR_MS, 23 * HOUR_MS)
    const toMs = movedMs + (1 + teller.random.next() * 4) * HOUR_MS
    return [teller.program({ toMs }), teller.program({ fromMs: movedMs })]
  },
  'versions, one after another': (teller) => {
    const [base, separator] = [teller.name(), teller.random.pick(['@', '/', '-v', ':'])]
    const movedMs = teller.ago(HOUR_MS, 20 * HOUR_MS)
    return [
      teller.program({ workload: `${base}${separator}1.9.3`, toMs: movedMs + 15 * MINUTE_MS }),
      teller.program({ workload: `${base}${separator}2.0.0`, fromMs: movedMs }),
    ]
  },
  'blue and green': (teller) => {
    const [base, movedMs] = [teller.name(), teller.ago(HOUR_MS, 20 * HOUR_MS)]
    return [
      teller.program({ workload: `${base}-blue`, toMs: movedMs + 15 * MINUTE_MS }),
      teller.program({
        workload: `${base}-green`,
        fromMs: teller.ago(4 * DAY_MS, 6 * DAY_MS),
        everySeconds: teller.lifetime * 8,
      }),
    ]
  },
}

/** As Kubernetes names the pods of one deployment. */
function podName(teller: Storyteller, base = teller.name()): (index: number) => string {
  const template = teller.word(POD_LETTERS, teller.random.pick([9, 10]))
  return () => `${base}-${template}-${teller.word(POD_LETTERS, 5)}`
}

const replicas = (teller: Storyteller, named: (index: number) => string): Program[] =>
  Array.from({ length: 2 + teller.random.below(4) }, (_, index) => teller.program({ workload: named(index) }))

/** Likelihoods of the stories: one credential in three is shared. */
export function makeCredential(random: SeededRandom, nowMs: number): Credential {
  const isShared = random.below(3) === 0
  const [story, tell] = random.pick(Object.entries(isShared ? SHARED : ALONE))
  const teller = new Storyteller(random, nowMs)
  const programs = tell(teller)
  return {
    ...{ story, isShared, tokenLifetimeSeconds: teller.lifetime, concurrentRequests: 0 },
    uses: programs.flatMap((program) => usesOf(program, nowMs, random)),
  }
}

/** One row for a program and an address; what nobody used within the last day is not looked at. */
function usesOf(
  { workload, addresses, fromMs, toMs, everySeconds }: Program,
  nowMs: number,
  random: SeededRandom,
): CredentialUse[] {
  return addresses.flatMap((address) => {
    const times: number[] = []
    for (
      let at = fromMs + random.next() * MINUTE_MS;
      at <= toMs || times.length === 0;
      at += everySeconds * 1_000 * (1 + random.next() / 20)
    )
      times.push(at)
    const [first, last] = [times[0] ?? fromMs, times.at(-1) ?? fromMs]
    return last <= nowMs - DAY_MS
      ? []
      : [{ workload, address, firstAt: new Date(first), lastAt: new Date(last), count: times.length }]
  })
}
