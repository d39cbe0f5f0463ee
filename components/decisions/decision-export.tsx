'use client'
import { Download, FileJson, FileSpreadsheet } from 'lucide-react'
import { toDecisionExportPath, type DecisionExport as Query } from '#lib/client/decisions.ts'
import { useEnvironment } from '@/components/shell/environment-context.tsx'
import { Button } from '@/components/ui/button.tsx'
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu.tsx'
import type { DecisionFilter } from './use-decision-filter.ts'

type Table = NonNullable<Query['table']>

const FORMATS = [
  { format: 'csv', label: 'CSV', icon: FileSpreadsheet },
  { format: 'jsonl', label: 'JSON, a line each', icon: FileJson },
] as const

/** Downloads what the filters leave, straight from the API. */
export function DecisionExport({ filter: { by, span, dimensions } }: { readonly filter: DecisionFilter }) {
  const environment = useEnvironment()
  const topBy = by === 'outcome' ? 'caller' : by
  const tables: readonly { readonly table: Table; readonly label: string; readonly by?: Query['by'] }[] = [
    { table: 'samples', label: 'Single decisions, at most 100,000' },
    { table: 'series', label: `Over time, by ${by}`, by },
    { table: 'top', label: `Most denied, by ${topBy}`, by: topBy },
  ]
  const download = (query: Query) => () => {
    window.location.assign(toDecisionExportPath(environment, { ...span, ...dimensions, ...query }))
  }
  return (
    <Menu trigger={<Button icon={Download}>Export</Button>}>
      {tables.map(({ label, ...query }) => (
        <div key={query.table} role="group" aria-label={label}>
          <MenuLabel>{label}</MenuLabel>
          {FORMATS.map(({ format, label: name, icon }) => (
            <MenuItem key={format} icon={icon} onSelect={download({ ...query, format })}>
              {name}
            </MenuItem>
          ))}
        </div>
      ))}
    </Menu>
  )
}
