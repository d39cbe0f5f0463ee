import type { Database } from '#lib/store/database.ts'
import { createSetupLink } from './create-setup-link.ts'

const VALID_MS = 24 * 3_600_000

/** A new link for the first administrator, to be shown once; null where an account exists. */
export async function ensureSetupLink({ prisma }: Pick<Database, 'prisma'>, publicUrl: string): Promise<string | null> {
  if ((await prisma.account.count()) > 0) return null
  await prisma.setupLink.deleteMany({ where: { expiresAt: { lt: new Date() } } })
  return createSetupLink(prisma, publicUrl, {
    role: 'administrator',
    accountId: null,
    createdBy: 'stepgate',
    expiresAt: new Date(Date.now() + VALID_MS),
  })
}
