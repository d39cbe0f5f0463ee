import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { write } from './topic.ts'

/** Devices that were accepted for a caller. */
export const devicesQuery = (environment: string, caller: string) =>
  queryOptions({
    queryKey: ['devices', environment, caller],
    queryFn: ({ signal }) => api('listDevices', { params: { environment }, query: { caller, limit: 500 } }, signal),
  })

export const acceptDevice = write('acceptDevice', 'devices', 'evidence', 'endpoints')
export const removeDevice = write('removeDevice', 'devices', 'evidence', 'endpoints')
