'use client'
import { Search } from 'lucide-react'
import { useMemo } from 'react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { METHODS, MODES } from '#lib/policy/vocabulary.ts'
import { FilterBar } from '../ui/filters/filter-bar.tsx'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { TextInput } from '../ui/input.tsx'
import { MODE_WORDS, READINESS_WORDS, toCount } from '../ui/words.ts'
import { READINESS_ORDER, type EndpointFilter } from './endpoint-filter.ts'

interface EndpointFiltersProps {
  readonly filter: EndpointFilter
  readonly onChange: (change: Partial<EndpointFilter>) => void
  readonly onClear: () => void
  readonly isFiltered: boolean
  /** Every endpoint known, to count what each choice holds. */
  readonly all: readonly Endpoint[]
  /** The list is about one service already. */
  readonly withoutService?: boolean
}

export const SEARCH_ID = 'endpoint-search'

const countBy = (all: readonly Endpoint[], key: (endpoint: Endpoint) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const endpoint of all) counts.set(key(endpoint), (counts.get(key(endpoint)) ?? 0) + 1)
  return counts
}

const MODE_OPTIONS = MODES.map((value) => ({ value, label: MODE_WORDS[value] }))
const READINESS_OPTIONS = READINESS_ORDER.map((value) => ({ value, label: READINESS_WORDS[value] }))
const METHOD_OPTIONS = METHODS.map((value) => ({ value, label: value }))

const withHints = <Value extends string>(
  options: readonly { readonly value: Value; readonly label: string }[],
  counts: ReadonlyMap<string, number>,
) => options.map((option) => ({ ...option, hint: toCount(counts.get(option.value) ?? 0) }))

function useOptions(all: readonly Endpoint[]) {
  return useMemo(() => {
    const services = new Map(all.map(({ serviceSlug, serviceName }) => [serviceSlug, serviceName]))
    const perService = countBy(all, ({ serviceSlug }) => serviceSlug)
    return {
      service: withHints(
        [...services].sort().map(([value, label]) => ({ value, label })),
        perService,
      ),
      mode: withHints(
        MODE_OPTIONS,
        countBy(all, ({ mode }) => mode),
      ),
      readiness: withHints(
        READINESS_OPTIONS,
        countBy(all, ({ readiness }) => readiness),
      ),
      method: withHints(
        METHOD_OPTIONS,
        countBy(all, ({ method }) => method),
      ),
    }
  }, [all])
}

export function EndpointFilters({
  filter,
  onChange,
  onClear,
  isFiltered,
  all,
  withoutService = false,
}: EndpointFiltersProps) {
  const options = useOptions(all)
  return (
    <FilterBar label="Filter endpoints" isFiltered={isFiltered} onReset={onClear}>
      <label className="relative w-full sm:w-64">
        <span className="sr-only">Search endpoints</span>
        <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
        <TextInput
          id={SEARCH_ID}
          type="search"
          placeholder="Method, route, service"
          aria-keyshortcuts="f"
          className="pl-8"
          value={filter.q}
          onChange={(event) => {
            onChange({ q: event.currentTarget.value })
          }}
        />
      </label>
      {!withoutService && (
        <FilterMenu
          label="Service"
          options={options.service}
          value={filter.service}
          onChange={(service) => {
            onChange({ service })
          }}
        />
      )}
      <FilterMenu
        label="Mode"
        options={options.mode}
        value={filter.mode}
        onChange={(chosen) => {
          onChange({ mode: MODES.filter((mode) => chosen.includes(mode)) })
        }}
      />
      <FilterMenu
        label="Readiness"
        options={options.readiness}
        value={filter.readiness}
        onChange={(chosen) => {
          onChange({ readiness: READINESS_ORDER.filter((readiness) => chosen.includes(readiness)) })
        }}
      />
      <FilterMenu
        label="Method"
        options={options.method}
        value={filter.method}
        onChange={(method) => {
          onChange({ method })
        }}
      />
    </FilterBar>
  )
}
