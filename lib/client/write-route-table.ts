/** Writes `route-table.ts` from the contract: `node lib/client/write-route-table.ts`. */
import { writeFileSync } from 'node:fs'
import { routes } from '../contract/routes.ts'
import { toRouteTable } from './to-route-table.ts'

writeFileSync(new URL('route-table.ts', import.meta.url), toRouteTable(routes))
