'use client'
import { Download, FileJson, FileSpreadsheet } from 'lucide-react'
import { toAuditExportPath, type AuditFilter } from '#lib/client/audit.ts'
import { Button } from '@/components/ui/button.tsx'
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu.tsx'

/** Downloads what the filters leave, oldest first, straight from the API. */
export function AuditExport({ filter }: { readonly filter: AuditFilter }) {
  const download = (format: 'csv' | 'ndjson') => () => {
    window.location.assign(toAuditExportPath(filter, format))
  }
  return (
    <Menu trigger={<Button icon={Download}>Export</Button>}>
      <MenuLabel>What the filters leave</MenuLabel>
      <MenuItem icon={FileSpreadsheet} onSelect={download('csv')}>
        CSV
      </MenuItem>
      <MenuItem icon={FileJson} onSelect={download('ndjson')}>
        JSON, a line each
      </MenuItem>
    </Menu>
  )
}
