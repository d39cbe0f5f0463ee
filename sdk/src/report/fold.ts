import type { CheckResult, RecordedContext } from '../../../lib/policy/decision.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket, tokenAgeRange } from '../../../lib/policy/token-age.ts'
import type { CallerKind, Mode, Outcome, Reason, SenderConstraint } from '../../../lib/policy/vocabulary.ts'

/** What a folded decision rests on, without time and ids: equal ones are one item with a count. */
export interface DecisionSignature {
  readonly method: string
  readonly route: string
  readonly mode: Mode
  readonly outcome: Outcome
  readonly reason: Reason | null
  readonly tokenProblem: Reason | null
  readonly callerKind: CallerKind
  readonly caller: string | null
  readonly callerHint: string | null
  readonly issuer: string | null
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly sender: SenderConstraint
  /** Null where nothing but the token was looked at. */
  readonly context: RecordedContext | null
  readonly revision: number
  readonly evaluated: boolean
}

/** One request in full, kept as evidence of a denial or would-be denial. */
export interface DecisionSample {
  readonly id: string
  readonly atMs: number
  readonly path: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly subject: string | null
  /** Who acted on the subject's behalf: the first one first, the caller last. */
  readonly actors: readonly string[]
  /** What tells the device apart; null where nobody asked or nothing does. */
  readonly device: string | null
  readonly tokenId: string | null
  readonly tokenAgeSeconds: number | null
  readonly checks: readonly CheckResult[]
}

/** What a fold held when it was sealed. */
export interface FoldedDecisions {
  readonly signature: DecisionSignature
  readonly count: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly tokenAges: readonly number[] | null
  readonly samples: readonly DecisionSample[]
}

const NO_SAMPLES: readonly DecisionSample[] = Object.freeze([])

/** Times are counted from here: numbers that are small enough lie in the fold itself, and others apart. */
const ORIGIN_MS = Date.now()
const AGE_MIN = -(2 ** 31)
const AGE_MAX = 2 ** 31 - 1

/** Counts the decisions of one signature until they are sealed into a batch. */
export class Fold {
  // What every request looks at comes first, so that it lies together in memory.
  count = 0
  #lastAt = 0
  readonly #hasTokenAge: boolean
  /** Tokens grow old together, so ages fall into one bucket for a while, and are counted here until another one's turn comes. */
  #bucket = 0
  #olderThan = 0
  #oldest = 0
  #inBucket = 0
  firstAtMs = 0
  readonly signature: DecisionSignature
  #tokenAges: number[] | null = null
  /** Made with the first one, as most folds never have any. */
  #samples: DecisionSample[] | null = null

  constructor(signature: DecisionSignature, hasTokenAge: boolean) {
    this.signature = signature
    this.#hasTokenAge = hasTokenAge
  }

  get sampleCount(): number {
    return this.#samples?.length ?? 0
  }

  add(nowMs: number, tokenAgeSeconds: number | null): void {
    if (this.count === 0) this.firstAtMs = nowMs
    this.count++
    this.#lastAt = nowMs - ORIGIN_MS
    if (!this.#hasTokenAge || tokenAgeSeconds === null) return
    if (tokenAgeSeconds <= this.#olderThan || tokenAgeSeconds > this.#oldest) this.#turnTo(tokenAgeSeconds)
    this.#inBucket++
  }

  #turnTo(tokenAgeSeconds: number): void {
    this.#emptyBucket()
    this.#bucket = tokenAgeBucket(tokenAgeSeconds)
    const { above, upTo } = tokenAgeRange(this.#bucket)
    this.#olderThan = Math.max(above, AGE_MIN)
    this.#oldest = Math.min(upTo, AGE_MAX)
  }

  #emptyBucket(): void {
    if (this.#inBucket === 0) return
    this.#tokenAges ??= emptyHistogram()
    this.#tokenAges[this.#bucket] = (this.#tokenAges[this.#bucket] ?? 0) + this.#inBucket
    this.#inBucket = 0
  }

  addSample(sample: DecisionSample): void {
    this.#samples ??= []
    this.#samples.push(sample)
  }

  /** Hands over what was counted and starts again at nothing. */
  take(): FoldedDecisions {
    this.#emptyBucket()
    const { signature, count, firstAtMs } = this
    const taken = {
      signature,
      count,
      firstAtMs,
      lastAtMs: Math.max(firstAtMs, this.#lastAt + ORIGIN_MS),
      tokenAges: this.#hasTokenAge ? (this.#tokenAges ?? emptyHistogram()) : null,
      samples: this.#samples ?? NO_SAMPLES,
    }
    this.count = 0
    this.#samples = null
    this.#tokenAges = null
    return taken
  }
}

const emptyHistogram = (): number[] => new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
