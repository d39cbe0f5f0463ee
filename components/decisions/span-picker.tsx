'use client'
import { CalendarRange } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { Button } from '@/components/ui/button.tsx'
import { classNames } from '@/components/ui/class-names.ts'
import { TextField } from '@/components/ui/field.tsx'
import { readText } from '@/components/ui/form-text.ts'
import { Popover } from '@/components/ui/popover.tsx'
import { fromLocalField, isTooLong, SPAN_DAYS_MAX, toLocalField, toSpanWords } from './time-range.ts'
import type { DecisionFilter } from './use-decision-filter.ts'

/** The keyboard's way to what brushing over the chart does. */
export function SpanPicker({ filter: { brushed, span, setSpan } }: { readonly filter: DecisionFilter }) {
  const [isOpen, setOpen] = useState(false)
  const [error, setError] = useState<string>()
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const from = fromLocalField(readText(given, 'from'))
    const to = fromLocalField(readText(given, 'to'))
    if (from === null || to === null || from >= to) return setError('The end must come after the start.')
    if (isTooLong({ from, to })) return setError(`At most ${String(SPAN_DAYS_MAX)} days at a time.`)
    setError(undefined)
    setSpan({ from, to })
    setOpen(false)
  }
  return (
    <Popover
      label="Span of time"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className={classNames(
            'inline-flex h-8 items-center gap-1.5 rounded-md border px-2.5 hover:bg-hover',
            brushed === null ? 'border-dashed border-line-strong text-muted' : 'border-control bg-selected font-medium',
          )}
        >
          <CalendarRange aria-hidden className="size-4 text-faint" strokeWidth={1.75} />
          {brushed === null ? 'Span' : toSpanWords(brushed)}
        </button>
      }
    >
      <form onSubmit={submit} className="space-y-3">
        <TextField label="From" type="datetime-local" name="from" required defaultValue={toLocalField(span.from)} />
        <TextField
          label="To"
          type="datetime-local"
          name="to"
          required
          defaultValue={toLocalField(span.to ?? new Date().toISOString())}
          error={error}
        />
        <Button type="submit" variant="primary" className="w-full">
          Show
        </Button>
      </form>
    </Popover>
  )
}
