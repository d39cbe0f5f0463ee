'use client'
import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useCallback, useState } from 'react'
import { OUTCOMES, REASONS } from '#lib/policy/vocabulary.ts'
import type { TimeSpan } from '@/components/charts/stacked-bars.tsx'
import { useNow } from '@/components/ui/now.ts'
import { RANGES, toSpan, type Range } from './time-range.ts'

const PARSERS = {
  range: parseAsStringLiteral(RANGES).withDefault('24h'),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  by: parseAsStringLiteral(['outcome', 'reason', 'service', 'endpoint', 'caller'] as const).withDefault('outcome'),
  outcome: parseAsStringLiteral(OUTCOMES),
  reason: parseAsStringLiteral(REASONS),
  service: parseAsString,
  caller: parseAsString,
  endpoint: parseAsString,
}

/** Everything the explorer filters by lives in the address. A span that was brushed stands still; a range ends now. */
export function useDecisionFilter() {
  const [state, setState] = useQueryStates(PARSERS, { history: 'push', clearOnDefault: true })
  const [pausedAt, setPausedAt] = useState<number | null>(null)
  const now = useNow()
  const { range, from, to, by, outcome, reason, service, caller, endpoint } = state
  const brushed: TimeSpan | null =
    from === null || to === null ? null : { from: from.toISOString(), to: to.toISOString() }
  const moving = {
    ...toSpan(range, pausedAt ?? now ?? 0),
    to: pausedAt === null ? undefined : new Date(pausedAt).toISOString(),
  }
  const isLive = pausedAt === null && brushed === null
  /** Going on leaves the span that was brushed, as that never moves. */
  const toggleLive = useCallback(() => {
    setPausedAt(isLive ? Date.now() : null)
    if (!isLive) void setState({ from: null, to: null })
  }, [isLive, setState])
  const dimensions = {
    outcome: outcome ?? undefined,
    reason: reason ?? undefined,
    service: service ?? undefined,
    caller: caller ?? undefined,
    endpoint: endpoint ?? undefined,
  }
  return {
    by,
    range,
    brushed,
    dimensions,
    span: brushed ?? moving,
    /** False until the browser knows the time. */
    isKnown: now !== null || brushed !== null,
    isLive,
    isFiltered: brushed !== null || range !== '24h' || Object.values(dimensions).some((value) => value !== undefined),
    setBy: (next: typeof by) => void setState({ by: next }),
    setRange: (next: Range) => void setState({ range: next, from: null, to: null }),
    setSpan: (span: TimeSpan | null) =>
      void setState(span === null ? { from: null, to: null } : { from: new Date(span.from), to: new Date(span.to) }),
    setDimensions: (next: Partial<Pick<typeof state, 'outcome' | 'reason' | 'service' | 'caller' | 'endpoint'>>) =>
      void setState(next),
    reset: () =>
      void setState({
        range: null,
        from: null,
        to: null,
        outcome: null,
        reason: null,
        service: null,
        caller: null,
        endpoint: null,
      }),
    toggleLive,
  }
}

export type DecisionFilter = ReturnType<typeof useDecisionFilter>
