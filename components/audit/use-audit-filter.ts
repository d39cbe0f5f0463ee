'use client'
import { parseAsIsoDateTime, parseAsString, useQueryStates } from 'nuqs'
import type { AuditFilter } from '#lib/client/audit.ts'

const PARSERS = {
  q: parseAsString,
  actor: parseAsString,
  action: parseAsString,
  environment: parseAsString,
  target: parseAsString,
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
}

/** The audit log's filters, in the address. */
export function useAuditFilter() {
  const [state, setState] = useQueryStates(PARSERS, { history: 'replace' })
  const { q, actor, action, environment, target, from, to } = state
  const filter: AuditFilter = {
    q: q ?? undefined,
    actor: actor ?? undefined,
    action: action ?? undefined,
    environment: environment ?? undefined,
    targetKind: target ?? undefined,
    from: from?.toISOString(),
    to: to?.toISOString(),
  }
  return {
    state,
    filter,
    isFiltered: Object.values(state).some((value) => value !== null),
    set: (next: Partial<typeof state>) => void setState(next),
    reset: () => void setState(null),
  }
}

export type AuditFilterState = ReturnType<typeof useAuditFilter>
