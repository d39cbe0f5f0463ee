/** What the outage and its services say to each other. */
import type { StepgateStatus } from '../../src/index.ts'

export const SERVICE_FRAMEWORKS = ['express', 'fastify', 'node-http'] as const
export type ServiceFramework = (typeof SERVICE_FRAMEWORKS)[number]

export const SERVICE_TEMPLATES = ['/orders/:orderId', '/admin/users', '/trial', '/off'] as const

export type ServiceQuestion = 'status' | 'close'
export type ServiceAnswer =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'status'; readonly status: Pick<StepgateStatus, 'state' | 'queued' | 'stored' | 'dropped'> }
