import { StepgateUsageError } from './errors.ts'
import { isJsonObject } from './token/json-object.ts'

/** The first name of an object that is none of these. */
export const findUnknown = (given: object, known: readonly string[]): string | undefined =>
  Object.keys(given).find((name) => !known.includes(name))

/** What there is instead, for a message. */
export const listKnown = (known: readonly string[]): string => `there are ${known.join(', ')}`

/** Throws the problem with a value unless it can be used. */
export function requireUsable(isUsable: boolean, problem: string): asserts isUsable {
  if (!isUsable) throw new StepgateUsageError('value-unusable', problem)
}

/** Throws for a word that is none of these. */
export function requireWord(owner: string, word: string | undefined, known: readonly string[]): void {
  if (word !== undefined && !known.includes(word))
    throw new StepgateUsageError('name-unknown', `${owner} knows no "${word}"; ${listKnown(known)}`)
}

/** Throws for what is no object, and for a name that is none of these: misspelled, it would be left out without a word. */
export function requireKnown(owner: string, given: unknown, known: readonly string[]): void {
  requireUsable(isJsonObject(given), `${owner} needs an object; ${listKnown(known)}`)
  requireWord(owner, findUnknown(given, known), known)
}
