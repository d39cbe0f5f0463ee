import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { MODE_WORDS, toPlural } from '@/components/ui/words.ts'
import { toMomentWords } from './bucket-words.ts'

type Gate = ModeChangeMark['from']

const toGateWords = ({ mode, percent }: Gate): string =>
  mode === 'enforce' && percent < 100 ? `${MODE_WORDS[mode]} ${String(percent)} %` : MODE_WORDS[mode]

export const toEndpointWords = ({ serviceSlug, method, route }: ModeChangeMark): string =>
  `${serviceSlug} ${method} ${route}`

/** "from Log-only to Enforce 10 %". */
export const toChangeWords = ({ from, to }: ModeChangeMark): string => `from ${toGateWords(from)} to ${toGateWords(to)}`

/** One change in a sentence, for those who cannot see it and for tables. */
export const toMarkWords = (mark: ModeChangeMark): string =>
  `${toMomentWords(mark.at)}, ${toEndpointWords(mark)} ${toChangeWords(mark)}, by ${mark.isAutomatic ? 'itself' : mark.actorName}${mark.reason === '' ? '' : `: ${mark.reason}`}`

/** The name of a mark, or of several in one place. */
export function toClusterWords(marks: readonly ModeChangeMark[]): string {
  const [first] = marks
  const last = marks.at(-1)
  if (first === undefined || last === undefined) return ''
  return marks.length === 1
    ? `Mode change: ${toMarkWords(first)}`
    : `${toPlural(marks.length, 'mode change')}, ${toMomentWords(first.at)} to ${toMomentWords(last.at)}`
}
