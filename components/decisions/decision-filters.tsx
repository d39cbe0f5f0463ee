'use client'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { topQuery } from '#lib/client/decisions.ts'
import { OUTCOMES, REASONS, type Outcome, type Reason } from '#lib/policy/vocabulary.ts'
import { useEnvironment } from '@/components/shell/environment-context.tsx'
import { FilterBar } from '@/components/ui/filters/filter-bar.tsx'
import { FilterMenu } from '@/components/ui/filters/filter-menu.tsx'
import { Segmented } from '@/components/ui/segmented.tsx'
import { OUTCOME_WORDS, REASON_WORDS } from '@/components/ui/words.ts'
import { SpanPicker } from './span-picker.tsx'
import { RANGES } from './time-range.ts'
import type { DecisionFilter } from './use-decision-filter.ts'

const RANGE_OPTIONS = RANGES.map((range) => ({ value: range, label: range.replace('h', ' h').replace('d', ' d') }))
const OUTCOME_OPTIONS = OUTCOMES.map((value) => ({ value, label: OUTCOME_WORDS[value] }))
const REASON_OPTIONS = REASONS.map((value) => ({ value, label: REASON_WORDS[value] }))

export function DecisionFilters({ filter }: { readonly filter: DecisionFilter }) {
  const { range, brushed, dimensions, isFiltered, setRange, setDimensions, reset } = filter
  const services = useServiceOptions(filter)
  return (
    <FilterBar label="Filter decisions" isFiltered={isFiltered} onReset={reset}>
      <Segmented
        label="Time range"
        value={brushed === null ? range : NO_RANGE}
        options={RANGE_OPTIONS}
        onChange={setRange}
      />
      <SpanPicker filter={filter} />
      <FilterMenu
        label="Outcome"
        isSingle
        options={OUTCOME_OPTIONS}
        value={toList(dimensions.outcome)}
        onChange={([outcome]) => {
          setDimensions({ outcome: (outcome as Outcome | undefined) ?? null })
        }}
      />
      <FilterMenu
        label="Reason"
        isSingle
        options={REASON_OPTIONS}
        value={toList(dimensions.reason)}
        onChange={([reason]) => {
          setDimensions({ reason: (reason as Reason | undefined) ?? null })
        }}
      />
      <FilterMenu
        label="Service"
        isSingle
        options={services}
        value={toList(dimensions.service)}
        onChange={([service]) => {
          setDimensions({ service: service ?? null })
        }}
      />
      <Chosen filter={filter} by="caller" label="Caller" />
      <Chosen filter={filter} by="endpoint" label="Endpoint" />
    </FilterBar>
  )
}

/** No preset is the chosen one while a span was brushed. */
const NO_RANGE = '' as (typeof RANGES)[number]
const toList = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value])

function useServiceOptions({ span, isKnown }: DecisionFilter) {
  const environment = useEnvironment()
  const { data } = useQuery({
    ...topQuery(environment, { ...span, by: 'service', limit: 100 }, false),
    enabled: isKnown,
    staleTime: 60_000,
  })
  return (data?.items ?? []).map(({ key, label }) => ({ value: key, label }))
}

interface ChosenProps {
  readonly filter: DecisionFilter
  readonly by: 'caller' | 'endpoint'
  readonly label: string
}

/** What was chosen in a list below, with a way back. */
function Chosen({ filter: { dimensions, span, isKnown, setDimensions }, by, label }: ChosenProps) {
  const environment = useEnvironment()
  const chosen = dimensions[by]
  const { data } = useQuery({
    ...topQuery(environment, { ...span, [by]: chosen, by, limit: 1 }, false),
    enabled: isKnown && chosen !== undefined,
    staleTime: 60_000,
  })
  if (chosen === undefined) return null
  return (
    <span className="inline-flex h-8 items-center gap-1.5 rounded-md border border-control bg-selected pl-2.5">
      {label}
      <span className="max-w-56 truncate font-medium">
        {data?.items.find(({ key }) => key === chosen)?.label ?? chosen}
      </span>
      <button
        type="button"
        aria-label={`Any ${by}`}
        onClick={() => {
          setDimensions({ [by]: null })
        }}
        className="inline-flex size-7 items-center justify-center rounded-md text-faint hover:text-text"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  )
}
