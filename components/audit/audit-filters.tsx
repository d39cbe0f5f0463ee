'use client'
import { useQuery } from '@tanstack/react-query'
import { CalendarRange } from 'lucide-react'
import { environmentsQuery } from '#lib/client/environments.ts'
import { fromLocalField, toLocalField, toSpanWords } from '@/components/decisions/time-range.ts'
import { Button } from '@/components/ui/button.tsx'
import { TextField } from '@/components/ui/field.tsx'
import { FilterBar } from '@/components/ui/filters/filter-bar.tsx'
import { FilterMenu } from '@/components/ui/filters/filter-menu.tsx'
import { SearchFilter } from '@/components/ui/filters/search-filter.tsx'
import { readText } from '@/components/ui/form-text.ts'
import { Popover } from '@/components/ui/popover.tsx'
import { TARGET_KINDS, toKindWords } from './audit-words.ts'
import type { AuditFilterState } from './use-audit-filter.ts'

const KIND_OPTIONS = TARGET_KINDS.map((value) => ({ value, label: toKindWords(value) }))
const toList = (value: string | null): readonly string[] => (value === null ? [] : [value])
const orNull = (value: string): string | null => (value === '' ? null : value)

export function AuditFilters({ state: { state, set, reset, isFiltered } }: { readonly state: AuditFilterState }) {
  const { data } = useQuery(environmentsQuery())
  const environments = (data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }))
  return (
    <FilterBar label="Filter the audit log" isFiltered={isFiltered} onReset={reset}>
      <SearchFilter
        label="Actor, action or object"
        value={state.q ?? ''}
        onChange={(q) => {
          set({ q: orNull(q) })
        }}
      />
      <FilterMenu
        label="Object"
        isSingle
        options={KIND_OPTIONS}
        value={toList(state.target)}
        onChange={([target]) => {
          set({ target: target ?? null })
        }}
      />
      <FilterMenu
        label="Environment"
        isSingle
        options={environments}
        value={toList(state.environment)}
        onChange={([environment]) => {
          set({ environment: environment ?? null })
        }}
      />
      <Span from={state.from} to={state.to} onChange={set} />
    </FilterBar>
  )
}

interface SpanProps {
  readonly from: Date | null
  readonly to: Date | null
  readonly onChange: (span: { readonly from: Date | null; readonly to: Date | null }) => void
}

function Span({ from, to, onChange }: SpanProps) {
  const words =
    from === null && to === null
      ? 'Time'
      : toSpanWords({ from: (from ?? new Date(0)).toISOString(), to: (to ?? new Date()).toISOString() })
  const read = (form: FormData, name: string): Date | null => {
    const at = fromLocalField(readText(form, name))
    return at === null ? null : new Date(at)
  }
  return (
    <Popover
      label="Span of time"
      trigger={
        <button
          type="button"
          className="inline-flex h-8 items-center gap-1.5 rounded-md border border-dashed border-line-strong px-2.5 text-muted hover:bg-hover"
        >
          <CalendarRange aria-hidden className="size-4 text-faint" strokeWidth={1.75} />
          {words}
        </button>
      }
    >
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          onChange({ from: read(form, 'from'), to: read(form, 'to') })
        }}
      >
        <TextField
          label="From"
          type="datetime-local"
          name="from"
          defaultValue={from === null ? '' : toLocalField(from.toISOString())}
        />
        <TextField
          label="To"
          type="datetime-local"
          name="to"
          defaultValue={to === null ? '' : toLocalField(to.toISOString())}
        />
        <Button type="submit" variant="primary" className="w-full">
          Show
        </Button>
      </form>
    </Popover>
  )
}
