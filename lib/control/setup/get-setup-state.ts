import type { z } from 'zod'
import type { SetupState } from '../../contract/people.ts'
import type { ControlContext } from '../context.ts'

export async function getSetupState({ database, oidc }: ControlContext): Promise<z.output<typeof SetupState>> {
  const account = await database.account.findFirst({ select: { id: true } })
  return { needed: account === null, oidc: oidc && { name: oidc.name } }
}
