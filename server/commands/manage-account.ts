import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { createAccount } from '#lib/control/account/create-account.ts'
import { reinviteAccount } from '#lib/control/account/invite-account.ts'
import { ROLES, systemActor, type Role } from '#lib/control/actor.ts'
import { ControlError } from '#lib/control/control-error.ts'
import { createTransact } from '#lib/control/transaction.ts'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { takeSettings } from '../process-environment.ts'
import { StartupError } from '../startup-error.ts'
import { failToStart } from '../terminal.ts'
import { withOwnerUrl } from './owner-connection.ts'

const USAGE = `npm run account -- create --email <e-mail> --name <name> --role <${ROLES.join('|')}> < password.txt
npm run account -- link --email <e-mail>     a new one-time link, for a password that is lost`

const actor = systemActor('command line')

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' } },
  })
  const answer = await withOwnerUrl((url) => withDatabase(url, (database) => run(database, positionals[0], values)))
  process.stdout.write(`${answer}\n`)
} catch (error) {
  failToStart(error instanceof ControlError || isUsageError(error) ? new StartupError(error.message) : error)
}

interface Options {
  readonly email?: string
  readonly name?: string
  readonly role?: string
}

function run(database: Database, command: string | undefined, { email, name, role }: Options): Promise<string> {
  if (command === 'create' && email !== undefined && name !== undefined && isRole(role))
    return create(database, { email, name, role })
  if (command === 'link' && email !== undefined) return link(database, email)
  throw new StartupError(USAGE)
}

async function create({ prisma }: Database, account: { email: string; name: string; role: Role }): Promise<string> {
  if (process.stdin.isTTY)
    throw new StartupError('Send the password on standard input: arguments are seen by everybody on this machine.')
  const password = (await text(process.stdin)).replace(/\r?\n$/, '')
  const { email, role } = await createAccount({ transact: createTransact(prisma) }, actor, { ...account, password })
  return `Created ${email} as ${role}.`
}

async function link({ prisma }: Database, email: string): Promise<string> {
  const account = await prisma.account.findUnique({ where: { email: email.toLowerCase() }, select: { id: true } })
  if (!account) throw new StartupError(`There is no account ${email}.`)
  const { publicUrl } = takeSettings({ ...process.env, NODE_ENV: 'development' })
  const { setupUrl } = await reinviteAccount({ transact: createTransact(prisma), publicUrl }, actor, account.id)
  return setupUrl
}

function isRole(role: string | undefined): role is Role {
  return ROLES.some((known) => known === role)
}

function isUsageError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function withDatabase<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = openDatabase({ url, applicationName: 'stepgate-command', connectionsMax: 2 })
  return work(database).finally(() => database.close())
}
