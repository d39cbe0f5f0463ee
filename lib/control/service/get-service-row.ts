import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'

export async function getServiceRow(db: Tx, slug: string) {
  const service = await db.service.findUnique({ where: { slug } })
  if (!service) throw new ControlError('not-found', `There is no service ${slug}.`)
  return service
}

/** The same where the service is named in the body. */
export async function getNamedServiceRow(db: Tx, slug: string) {
  const service = await db.service.findUnique({ where: { slug } })
  if (!service)
    throw new ControlError('invalid-value', `There is no service ${slug}.`, [
      { pointer: '/serviceSlug', detail: 'is not a service' },
    ])
  return service
}
