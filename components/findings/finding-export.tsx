'use client'
import { Download, FileJson, FileSpreadsheet } from 'lucide-react'
import { toFindingExportPath, type FindingExport as Query } from '#lib/client/findings.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuItem, MenuLabel } from '../ui/menu.tsx'

interface FindingExportProps {
  readonly label: string
  readonly query: Omit<Query, 'format'>
}

/** Downloads a whole list, straight from the API. */
export function FindingExport({ label, query }: FindingExportProps) {
  const environment = useEnvironment()
  const download = (format: 'csv' | 'jsonl') => () => {
    window.location.assign(toFindingExportPath(environment, { ...query, format }))
  }
  return (
    <Menu trigger={<IconButton icon={Download} label={`Export ${label}`} />}>
      <MenuLabel>All of the list</MenuLabel>
      <MenuItem icon={FileSpreadsheet} onSelect={download('csv')}>
        CSV
      </MenuItem>
      <MenuItem icon={FileJson} onSelect={download('jsonl')}>
        JSON, a line each
      </MenuItem>
    </Menu>
  )
}
