import type { IncomingHttpHeaders } from 'node:http'
import { MACHINE_HEADERS } from '#lib/contract/machine.ts'
import { ControlError } from '#lib/control/control-error.ts'
import type { AppliedRevision } from '#lib/control/instance/record-sightings.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const APPLIED = /^([0-9a-f-]{36}):(\d{1,9})$/i
const WORKLOAD = /^[\x20-\x7e]{0,200}$/

export interface InstanceHeaders {
  readonly instanceId: string
  readonly workload: string
  readonly applied: AppliedRevision | null
}

/** What a poll says about the instance that sends it. */
export function readInstanceHeaders(instanceId: string, headers: IncomingHttpHeaders): InstanceHeaders {
  if (!UUID.test(instanceId)) return refuse(MACHINE_HEADERS.instance, 'is not a UUID')
  return { instanceId: instanceId.toLowerCase(), workload: readWorkload(headers), applied: readApplied(headers) }
}

export function readWorkload(headers: IncomingHttpHeaders): string {
  const workload = headers[MACHINE_HEADERS.workload] ?? ''
  if (typeof workload !== 'string' || !WORKLOAD.test(workload))
    return refuse(MACHINE_HEADERS.workload, 'has more than 200 characters, or some that are not printable ASCII')
  return workload.trim()
}

function readApplied(headers: IncomingHttpHeaders): AppliedRevision | null {
  const stated = headers[MACHINE_HEADERS.applied] ?? ''
  return stated === '' ? null : (findApplied(headers) ?? refuse(MACHINE_HEADERS.applied, 'is not <epoch>:<revision>'))
}

/** Null where it says nothing that can be read. */
export function findApplied(headers: IncomingHttpHeaders): AppliedRevision | null {
  const [, epoch, revision] = APPLIED.exec(String(headers[MACHINE_HEADERS.applied] ?? '')) ?? []
  return epoch === undefined ? null : { epoch, revision: Number(revision) }
}

function refuse(header: string, detail: string): never {
  throw new ControlError('invalid-request', `${header} ${detail}.`, [{ pointer: `header/${header}`, detail }])
}
