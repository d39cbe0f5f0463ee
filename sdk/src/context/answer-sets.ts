import type { Facts, RecordedContext } from '../../../lib/policy/decision.ts'
import { findUnmetReason } from '../../../lib/policy/evaluate.ts'
import { requirementKey } from '../../../lib/policy/requirement-key.ts'
import type { ParsedRule } from '../../../lib/policy/rule.ts'

type Requirement = ParsedRule['requirements'][number]

/** Which of a rule's requirements a request meets. The same object for the same answers. */
export type Answers = Pick<RecordedContext, 'requirementsMet' | 'requirementsUnmet'>

export const NO_ANSWERS: Answers = Object.freeze({ requirementsMet: [], requirementsUnmet: [] })

/** Answers to the requirements of one rule that a record has to state. */
export class AnswerSets {
  readonly #requirements: readonly Requirement[]
  readonly #sets = new Map<number, Answers>()

  constructor(requirements: readonly Requirement[]) {
    this.#requirements = requirements
  }

  get isEmpty(): boolean {
    return this.#requirements.length === 0
  }

  /** A token that is not valid decides before any of them is looked at. */
  of(facts: Facts): Answers {
    if (this.isEmpty || facts.tokenProblem !== null) return NO_ANSWERS
    let bits = 0
    for (const [at, requirement] of this.#requirements.entries()) {
      if (findUnmetReason(facts, requirement) === null) bits |= 1 << at
    }
    return this.#sets.get(bits) ?? this.#keep(bits)
  }

  #keep(bits: number): Answers {
    const keys = (met: boolean): string[] =>
      this.#requirements
        .filter((_, at) => ((bits >> at) & 1) === Number(met))
        .flatMap((requirement) => requirementKey(requirement) ?? [])
        .sort()
    const answers: Answers = { requirementsMet: keys(true), requirementsUnmet: keys(false) }
    this.#sets.set(bits, answers)
    return answers
  }
}
