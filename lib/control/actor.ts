import { ControlError } from './control-error.ts'

export const ROLES = ['viewer', 'operator', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** Who acts. Built by the gateway from a session or an API token on each request, with the role the database has now. */
export interface Actor {
  readonly kind: 'account' | 'api-token' | 'system' | 'identity'
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Account behind it; null for the system. */
  readonly accountId: string | null
  readonly requestId: string
}

/** Throws `forbidden` unless the actor's role is at least the one that is needed. */
export function requireRole(actor: Actor, needed: Role): void {
  if (ROLES.indexOf(actor.role) >= ROLES.indexOf(needed)) return
  throw new ControlError('forbidden', `This needs the role ${needed}; you are ${actor.role}.`)
}

/** The control plane acting on its own: migrations, worker, instances reporting their routes. */
export const systemActor = (name: string): Actor => ({
  kind: 'system',
  id: name,
  name,
  role: 'administrator',
  accountId: null,
  requestId: '',
})
