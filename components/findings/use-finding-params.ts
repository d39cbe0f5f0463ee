'use client'
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { LIFETIME_STANDINGS } from './lifetime-words.ts'

const PARSERS = { days: parseAsInteger, service: parseAsString, standing: parseAsStringLiteral(LIFETIME_STANDINGS) }

/** What a list of findings is asked for: kept in the address. A window that is not offered counts as the usual one. */
export function useFindingParams(offered: readonly number[], usual: number) {
  const [{ days, service, standing }, setParams] = useQueryStates(PARSERS, { history: 'replace' })
  return {
    days: days !== null && offered.includes(days) ? days : usual,
    service: service ?? undefined,
    standing: standing ?? undefined,
    isFiltered: service !== null || standing !== null,
    setDays: (next: number) => void setParams({ days: next === usual ? null : next }),
    setService: (next: string | null) => void setParams({ service: next }),
    setStanding: (next: typeof standing) => void setParams({ standing: next }),
    clear: () => void setParams({ service: null, standing: null }),
  }
}

export type FindingParams = ReturnType<typeof useFindingParams>
