import { StepgateUsageError } from './errors.ts'

/** The first name of an object that is none of these. */
export const findUnknown = (given: object, known: readonly string[]): string | undefined =>
  Object.keys(given).find((name) => !known.includes(name))

/** What there is instead, for a message. */
export const listKnown = (known: readonly string[]): string => `there are ${known.join(', ')}`

/** Throws for a word that is none of these. */
export function requireWord(owner: string, word: string, known: readonly string[]): void {
  if (!known.includes(word))
    throw new StepgateUsageError('name-unknown', `${owner} knows no "${word}"; ${listKnown(known)}`)
}

/** Throws for a name that is none of these: misspelled, it would be left out without a word. */
export function requireKnown(owner: string, given: object, known: readonly string[]): void {
  const name = findUnknown(given, known)
  if (name !== undefined)
    throw new StepgateUsageError('name-unknown', `${owner} knows no "${name}"; ${listKnown(known)}`)
}
