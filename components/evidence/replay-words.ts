import type { Replay, ReplayDraft } from '#lib/client/object-types.ts'
import { toCount, toPlural } from '../ui/words.ts'
import { toBoundWords } from './evidence-words.ts'

type Counts = Pick<
  Replay,
  'requests' | 'lost' | 'gained' | 'undetermined' | 'lostEnforced' | 'losing' | 'gaining' | 'unevaluated' | 'upperBound'
> & { readonly items: readonly Pick<Replay['items'][number], 'caller' | 'lost' | 'gained'>[] }

const unbroken = (words: string): string => words.replaceAll(' %', '\u00a0%')

/** One caller by its name, several by how many there are. */
function toWho({ items }: Counts, count: number, isOne: (item: Counts['items'][number]) => boolean): string {
  const only = count === 1 ? items.find(isOne) : undefined
  return only?.caller.name ?? toPlural(count, 'caller')
}

const times = (count: number): string => toPlural(count, 'request')

/** What a draft would have changed, in sentences. `span` says where it was looked: "the last 30 days". */
export function toReplaySentences(replay: Counts, kind: ReplayDraft['kind'], span: string): string[] {
  if (replay.requests === 0) return [toUnknown(replay, span)]
  const changes = [
    ...(replay.lost > 0 ? [kind === 'lifetimes' ? toOlderUses(replay, span) : toLost(replay, span)] : []),
    ...(replay.gained > 0
      ? [
          `${toWho(replay, replay.gaining, ({ gained }) => gained > 0)} would gain ${times(replay.gained)} that ${replay.gained === 1 ? 'was' : 'were'} not allowed.`,
        ]
      : []),
    ...(replay.undetermined > 0 ? [`For ${times(replay.undetermined)} the record does not tell.`] : []),
  ]
  return changes.length > 0 ? changes : [toUnchanged(replay, kind, span)]
}

function toUnknown({ unevaluated }: Counts, span: string): string {
  if (unevaluated === 0) return `Nothing it concerns was recorded in ${span}: what it would change is not known.`
  return `${times(unevaluated)} it may concern came in ${span} while the mode was off and ${unevaluated === 1 ? 'was' : 'were'} only counted: what it would change is not known.`
}

function toLost(replay: Counts, span: string): string {
  const { lost, requests, losing, lostEnforced } = replay
  const who = `${toWho(replay, losing, (item) => item.lost > 0)} would lose ${toCount(lost)} of ${times(requests)} recorded in ${span}`
  if (lostEnforced === lost) return `${who}, all of them refused at once: denials are carried out there.`
  if (lostEnforced === 0) return `${who}. None is refused yet: no denial is carried out there.`
  return `${who}. ${toCount(lostEnforced)} of them are refused at once, where denials are carried out.`
}

const toOlderUses = (replay: Counts, span: string): string =>
  `${toCount(replay.lost)} of ${times(replay.requests)} recorded in ${span}, by ${toWho(replay, replay.losing, ({ lost }) => lost > 0)}, came with a token older than that.`

const toUnchanged = ({ requests, unevaluated, upperBound }: Counts, kind: ReplayDraft['kind'], span: string): string =>
  (kind === 'lifetimes'
    ? `None of ${times(requests)} recorded in ${span} came with a token older than that.`
    : `Each of ${times(requests)} recorded in ${span} would have been answered as it was.`) +
  (upperBound === null ? '' : ` At most ${unbroken(toBoundWords(upperBound))} at 95\u00a0% confidence.`) +
  (unevaluated > 0 ? ` ${toCount(unevaluated)} more came while the mode was off: nothing is known of them.` : '')

/** What the counts cannot say by themselves. */
export const REPLAY_NOTES: Readonly<Record<ReplayDraft['kind'], string | null>> = {
  rules: null,
  modes: null,
  grants:
    'Tokens that were issued keep their scopes until they expire. A client that asks for a scope by name is given no token without it.',
  lifetimes: 'A client that renews its token in time holds a younger one and does not notice.',
}
