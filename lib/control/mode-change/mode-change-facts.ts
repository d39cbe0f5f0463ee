import type { z } from 'zod'
import type { ModeChange as Answer } from '../../contract/endpoint.ts'
import type { ModeChange } from '#lib/store/generated/client.ts'
import { toMode } from '../stored-mode.ts'

/** What was changed, by whom and why. */
export const toModeChangeFacts = (row: ModeChange): Omit<z.output<typeof Answer>, 'forecast' | 'actual'> => ({
  id: row.id,
  at: row.at.toISOString(),
  actorName: row.actorName,
  revision: row.revision,
  from: { mode: toMode(row.fromMode), percent: row.fromPercent },
  to: { mode: toMode(row.toMode), percent: row.toPercent },
  reason: row.reason,
  undoFromDenials: row.undoFromDenials,
  isAutomatic: row.isAutomatic,
})
