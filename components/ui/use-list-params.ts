'use client'
import { debounce, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import type { Sort } from './data-table/column.ts'

const TYPING_MS = 250

/** Words, order and open dialog of a list, in the address. */
export function useListParams(defaultSort: Sort) {
  const [params, setParams] = useQueryStates({
    q: parseAsString.withDefault('').withOptions({ limitUrlUpdates: debounce(TYPING_MS) }),
    sort: parseAsString.withDefault(defaultSort.column),
    direction: parseAsStringLiteral(['asc', 'desc'] as const).withDefault(defaultSort.direction),
    new: parseAsString,
  })
  return {
    q: params.q,
    setQ: (q: string) => void setParams({ q }),
    sort: { column: params.sort, direction: params.direction },
    setSort: ({ column, direction }: Sort) => void setParams({ sort: column, direction }),
    isNewOpen: params.new !== null,
    openNew: (kind: string) => void setParams({ new: kind }),
    closeNew: () => void setParams({ new: null }),
  }
}

/** Whether a text holds every word. */
export function hasWords(text: string, q: string): boolean {
  const lower = text.toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}
