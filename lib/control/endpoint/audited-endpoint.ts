import type { Prisma } from '#lib/store/generated/client.ts'
import { toMode } from '../stored-mode.ts'

export const endpointInclude = { service: { select: { slug: true, name: true } } } as const
export type EndpointRow = Prisma.EndpointGetPayload<{ include: typeof endpointInclude }>

/** What the audit log keeps of an endpoint. */
export const auditedEndpoint = (row: EndpointRow) => ({
  service: row.service.slug,
  method: row.method,
  route: row.route,
  description: row.description,
  rule: row.rule,
  mode: toMode(row.mode),
  percent: row.percent,
})

/** How audit log and revisions call it. */
export const endpointName = ({ service, method, route }: Pick<EndpointRow, 'service' | 'method' | 'route'>): string =>
  `${service.slug} ${method} ${route}`
