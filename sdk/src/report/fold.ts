import type { CheckResult, RecordedContext } from '../../../lib/policy/decision.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../../../lib/policy/token-age.ts'
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

/** Counts the decisions of one signature until they are sealed into a batch. */
export class Fold {
  readonly signature: DecisionSignature
  count = 0
  firstAtMs = 0
  lastAtMs = 0
  #tokenAges: number[] | null
  /** Made with the first one, as most folds never have any. */
  #samples: DecisionSample[] | null = null

  constructor(signature: DecisionSignature, hasTokenAge: boolean) {
    this.signature = signature
    this.#tokenAges = hasTokenAge ? emptyHistogram() : null
  }

  get sampleCount(): number {
    return this.#samples?.length ?? 0
  }

  add(nowMs: number, tokenAgeSeconds: number | null): void {
    if (this.count === 0) this.firstAtMs = nowMs
    this.count++
    this.lastAtMs = nowMs
    if (this.#tokenAges === null || tokenAgeSeconds === null) return
    const bucket = tokenAgeBucket(tokenAgeSeconds)
    this.#tokenAges[bucket] = (this.#tokenAges[bucket] ?? 0) + 1
  }

  addSample(sample: DecisionSample): void {
    this.#samples ??= []
    this.#samples.push(sample)
  }

  /** Hands over what was counted and starts again at nothing. */
  take(): FoldedDecisions {
    const { signature, count, firstAtMs, lastAtMs } = this
    const taken = {
      signature,
      count,
      firstAtMs,
      lastAtMs: Math.max(firstAtMs, lastAtMs),
      tokenAges: this.#tokenAges,
      samples: this.#samples ?? NO_SAMPLES,
    }
    this.count = 0
    this.#samples = null
    if (this.#tokenAges !== null) this.#tokenAges = emptyHistogram()
    return taken
  }
}

const emptyHistogram = (): number[] => new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
