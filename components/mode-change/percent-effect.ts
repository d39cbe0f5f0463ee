import type { CallerEvidence, ModeChangePreview } from '#lib/client/object-types.ts'
import { toCount, toPlural } from '../ui/words.ts'

type Items = readonly {
  readonly from: ModeChangePreview['items'][number]['from']
  readonly evidence: { readonly callers: readonly CallerEvidence[] }
}[]

/** What enforcing for a percent of callers would carry out, of what was recorded. */
export interface PercentEffect {
  /** Identities that were seen, each once. */
  readonly seen: number
  /** Of those, who is in. */
  readonly inside: readonly string[]
  /** Requests that would be refused. */
  readonly refused: number
  /** Of those, requests that are not refused now. */
  readonly lost: number
  /** Names of those who would lose them. */
  readonly losing: readonly string[]
  /** Requests of people that the rule denies: each person is in or is not. */
  readonly undecided: number
}

/** Nothing is asked for anew: where each caller stands depends on the caller alone. */
export function toPercentEffect(items: Items, percent: number): PercentEffect {
  const known = new Map<string, boolean>()
  const losing = new Set<string>()
  let [refused, lost, undecided] = [0, 0, 0]
  for (const { from, evidence } of items) {
    const before = from.mode === 'enforce' ? from.percent : 0
    for (const { caller, bucketPercent, wouldDeny } of evidence.callers) {
      if (bucketPercent !== null) known.set(caller.name, bucketPercent < percent)
      const isIn = isInside(caller.kind, bucketPercent, percent)
      if (isIn === null) undecided += wouldDeny
      if (isIn !== true || wouldDeny === 0) continue
      refused += wouldDeny
      if (isInside(caller.kind, bucketPercent, before) === true) continue
      lost += wouldDeny
      losing.add(caller.name)
    }
  }
  const inside = [...known].filter(([, isIn]) => isIn).map(([name]) => name)
  return { seen: known.size, inside, refused, lost, losing: [...losing], undecided }
}

/** Null where some of the people are in and some are not. */
export function isInside(
  kind: CallerEvidence['caller']['kind'],
  bucketPercent: number | null,
  percent: number,
): boolean | null {
  if (percent >= 100) return true
  if (percent === 0 || kind === 'anonymous') return false
  return bucketPercent === null ? null : bucketPercent < percent
}

const NAMES_MAX = 3

function nameSome(names: readonly string[]): string {
  const more = names.length - NAMES_MAX
  return names.slice(0, NAMES_MAX).join(', ') + (more > 0 ? ` and ${toCount(more)} more` : '')
}

const identities = (count: number): string => toPlural(count, 'identity', 'identities')

function toInside({ seen, inside }: PercentEffect): string {
  if (seen === 0) return 'no identity was seen'
  if (inside.length === seen)
    return `${seen === 1 ? 'the identity' : `all ${identities(seen)}`} seen ${seen === 1 ? 'is' : 'are'} in`
  if (inside.length === 0) return `none of the ${identities(seen)} seen is in`
  return `${toCount(inside.length)} of the ${identities(seen)} seen ${inside.length === 1 ? 'is' : 'are'} in: ${nameSome(inside)}`
}

function toRefused({ refused, lost, losing }: PercentEffect): string {
  const now = refused - lost
  const already = now === 0 ? '' : `, beside ${toCount(now)} that ${now === 1 ? 'is' : 'are'} refused already`
  return lost === 0
    ? `No ${now === 0 ? '' : 'other '}recorded request would be refused${already}`
    : `${toPlural(lost, 'recorded request')} would be refused, of ${nameSome(losing)}${already}`
}

/** "At 25 %, 2 of the 5 identities seen are in: billing, web. 1,234 recorded requests would be refused, of billing." */
export function toPercentSentence(effect: PercentEffect, percent: number): string {
  const people =
    effect.undecided === 0
      ? ''
      : ` Of ${toPlural(effect.undecided, 'more', 'more')} by people, those of about ${String(percent)}\u00a0% of them, each for good.`
  return `At ${String(percent)}\u00a0%, ${toInside(effect)}. ${toRefused(effect)}.${people}`
}
