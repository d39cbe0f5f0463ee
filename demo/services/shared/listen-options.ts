import { requireVariable } from './require-variable.ts'

/** Where a service listens. On Linux a second process may listen beside it, so that one can take over from the other. */
export const listenOptions = () => ({
  port: Number(requireVariable('PORT')),
  host: '127.0.0.1',
  reusePort: process.platform === 'linux',
})
