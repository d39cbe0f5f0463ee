'use client'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useMemo } from 'react'
import type { Endpoint, ServicePosture } from '#lib/client/object-types.ts'
import { servicesQuery } from '#lib/client/services.ts'
import { METHODS, MODES } from '#lib/policy/vocabulary.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
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
  readonly known: Known
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

const PLAIN_OPTIONS = { mode: MODE_OPTIONS, readiness: READINESS_OPTIONS, method: METHOD_OPTIONS } as const

interface Known {
  /** Every endpoint, to count what each choice holds; null where only the server knows all of them. */
  readonly all: readonly Endpoint[] | null
  /** Those that the list shows. */
  readonly shown: readonly Endpoint[]
  /** There are more than one answer holds: services beyond those shown have to be asked for. */
  readonly isLarge: boolean
}

function useOptions({ all, shown, isLarge }: Known) {
  const { data } = useQuery({ ...servicesQuery(useEnvironment()), enabled: isLarge })
  return useMemo(
    () =>
      all === null
        ? { ...PLAIN_OPTIONS, service: data === undefined ? toServices(shown) : data.items.map(toServiceOption) }
        : toCountedOptions(all),
    [all, shown, data],
  )
}

const toServiceOption = ({ slug, name }: Pick<ServicePosture, 'slug' | 'name'>) => ({ value: slug, label: name })

const toServices = (endpoints: readonly Endpoint[]) =>
  [...new Map(endpoints.map(({ serviceSlug, serviceName }) => [serviceSlug, serviceName]))]
    .sort()
    .map(([slug, name]) => toServiceOption({ slug, name }))

const toCountedOptions = (all: readonly Endpoint[]) => ({
  service: withHints(
    toServices(all),
    countBy(all, ({ serviceSlug }) => serviceSlug),
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
})

export function EndpointFilters({
  filter,
  onChange,
  onClear,
  isFiltered,
  known,
  withoutService = false,
}: EndpointFiltersProps) {
  const options = useOptions(known)
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
