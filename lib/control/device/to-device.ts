import type { z } from 'zod'
import type { Device } from '../../contract/catalog.ts'
import type { KnownDevice } from '#lib/store/generated/client.ts'

export const toDevice = (row: KnownDevice): z.output<typeof Device> => ({
  id: row.id,
  caller: row.caller,
  device: row.device,
  note: row.note,
  acceptedAt: row.acceptedAt.toISOString(),
  acceptedBy: row.acceptedBy,
})

/** What the audit log keeps of a device, and how it is named there: after the caller it belongs to. */
export const auditedDevice = ({ caller, device, note }: KnownDevice) => ({ caller, device, note })
export const deviceName = ({ caller, device }: KnownDevice): string => `${caller}: ${device}`
