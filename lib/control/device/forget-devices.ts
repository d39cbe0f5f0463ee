import type { Tx } from '../context.ts'

/** With its caller: somebody who comes later by the same name must not inherit its devices. Answers what was forgotten. */
export async function forgetDevices(tx: Tx, caller: string, environmentId?: string): Promise<string[]> {
  const where = { caller, ...(environmentId === undefined ? {} : { environmentId }) }
  const rows = await tx.knownDevice.findMany({
    where,
    select: { device: true, environment: { select: { slug: true } } },
  })
  await tx.knownDevice.deleteMany({ where })
  return rows.map(({ device, environment }) => `${environment.slug} ${device}`)
}
