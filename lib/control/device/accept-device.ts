import type { z } from 'zod'
import { DeviceAccept, type Device } from '../../contract/catalog.ts'
import { PEOPLE_OF } from '../../policy/people-caller.ts'
import { CALLER_DEVICES_MAX } from '../../policy/snapshot.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { auditedDevice, deviceName, toDevice } from './to-device.ts'

/** So that devices alone never fill a snapshot, which would keep every other change from being published. */
const ENVIRONMENT_DEVICES_MAX = 50_000

/** Lets a caller through from a device where a rule asks for a known one. One that is accepted already stays as it is. */
export async function acceptDevice(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof DeviceAccept>,
): Promise<z.output<typeof Device>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(DeviceAccept, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const { caller, device } = wanted
    const key = { environmentId: environment.id, caller, device }
    const known = await tx.knownDevice.findUnique({ where: { environmentId_caller_device: key } })
    if (known) return toDevice(known)
    await requireCaller(tx, environment.id, caller)
    await requireRoom(tx, environment.id, caller)
    const row = await tx.knownDevice.create({
      data: { ...wanted, environmentId: environment.id, acceptedBy: actor.name },
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'device.accept',
      environment: environment.slug,
      target: { kind: 'device', id: row.id, name: deviceName(row) },
      before: null,
      after: auditedDevice(row),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Accept a device of ${caller}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toDevice(row)
  })
}

async function requireCaller(tx: Tx, environmentId: string, caller: string): Promise<void> {
  const known = caller.startsWith(PEOPLE_OF)
    ? await tx.issuer.count({ where: { environmentId, name: caller.slice(PEOPLE_OF.length) } })
    : await tx.identity.count({ where: { clientId: caller } })
  if (known === 0) throw refused('/caller', 'is neither an identity nor the people of a trusted issuer')
}

async function requireRoom(tx: Tx, environmentId: string, caller: string): Promise<void> {
  if ((await tx.knownDevice.count({ where: { environmentId, caller } })) >= CALLER_DEVICES_MAX)
    throw refused('/caller', `has ${CALLER_DEVICES_MAX.toLocaleString('en')} devices, which is as many as there can be`)
  if ((await tx.knownDevice.count({ where: { environmentId } })) >= ENVIRONMENT_DEVICES_MAX)
    throw refused('/device', `is one too many: the environment has ${ENVIRONMENT_DEVICES_MAX.toLocaleString('en')}`)
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer.slice(1)} ${detail}.`, [{ pointer, detail }])
