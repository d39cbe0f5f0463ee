import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { readPrivateJson, writePrivateJson } from '../supervision/private-file.ts'
import { ManagementClient, ManagementError } from './management-client.ts'

type Role = 'administrator' | 'operator' | 'viewer'

export interface DemoAccount {
  readonly role: Role
  readonly email: string
  readonly password: string
}

const PEOPLE: readonly { readonly role: Role; readonly email: string; readonly name: string }[] = [
  { role: 'administrator', email: 'admin@example.com', name: 'Ada Administrator' },
  { role: 'operator', email: 'operator@example.com', name: 'Olu Operator' },
  { role: 'viewer', email: 'viewer@example.com', name: 'Vera Viewer' },
]

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const API_TOKEN_DAYS = 365

/** `k7dm-qx3p-9hta-v2nw`: 79 bits that can be typed. */
const makePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join(
    '-',
  )

const tokenOf = (setupUrl: string): string => new URLSearchParams(new URL(setupUrl).hash.slice(1)).get('token') ?? ''

export interface AccountOptions {
  readonly gatewayUrl: string
  readonly dataDir: string
  /** One-time link of the first administrator; null when there is one. */
  readonly setupUrl: string | null
}

const accountsPath = (dataDir: string): string => join(dataDir, 'demo-accounts.json')

export const readDemoAccounts = (dataDir: string): readonly DemoAccount[] =>
  (readPrivateJson(accountsPath(dataDir)) as DemoAccount[] | null) ?? [] // written below

/** Passwords are written down before they are used, so that a start that is cut off can go on. */
function planAccounts(dataDir: string): readonly DemoAccount[] {
  const known = readDemoAccounts(dataDir)
  if (known.length > 0) return known
  const accounts = PEOPLE.map(({ role, email }) => ({ role, email, password: makePassword() }))
  writePrivateJson(accountsPath(dataDir), accounts)
  return accounts
}

async function inviteOthers(
  administrator: ManagementClient,
  anyone: ManagementClient,
  accounts: readonly DemoAccount[],
): Promise<void> {
  const { items } = await administrator.call('listAccounts', { query: { limit: 500 } })
  for (const { email, name, role } of PEOPLE) {
    const account = items.find((candidate) => candidate.email === email)
    if (account !== undefined && account.signIn !== 'invited') continue
    const { setupUrl } =
      account === undefined
        ? await administrator.call('inviteAccount', { body: { email, name, role } })
        : await administrator.call('reinviteAccount', { params: { id: account.id } })
    await anyone.call('completeSetup', {
      body: {
        token: tokenOf(setupUrl),
        password: accounts.find((planned) => planned.email === email)?.password ?? makePassword(),
      },
    })
  }
}

/** The session of the administrator: by the set-up link on the very first start, by password later. */
async function openSession(anyone: ManagementClient, { setupUrl, dataDir }: AccountOptions): Promise<string> {
  if (setupUrl === null && readDemoAccounts(dataDir).length === 0) {
    throw new Error(
      `This installation has an administrator already, but ${accountsPath(dataDir)} is missing: the demo needs a data folder and a database of its own. Set STEPGATE_DATA_DIR to a new folder.`,
    )
  }
  const accounts = planAccounts(dataDir)
  const [first] = accounts
  if (first === undefined) throw new Error(`${accountsPath(dataDir)} is empty: delete it to begin anew.`)
  const { email, password } = first
  const name = PEOPLE[0]?.name ?? email
  const issued =
    setupUrl === null
      ? await anyone.call('signIn', { body: { email, password } })
      : await anyone.call('completeSetup', { body: { token: tokenOf(setupUrl), email, name, password } })
  return issued.token
}

/** Creates the three accounts where they are missing, and an API token for the set-up. */
export async function createDemoAccounts(options: AccountOptions): Promise<string> {
  const anyone = new ManagementClient(options.gatewayUrl, {})
  const administrator = ManagementClient.withToken(options.gatewayUrl, await openSession(anyone, options))
  await inviteOthers(administrator, anyone, readDemoAccounts(options.dataDir))
  const { token } = await administrator.call('createApiToken', {
    body: { name: 'Demo fleet', role: 'administrator', expiresInDays: API_TOKEN_DAYS },
  })
  await administrator.call('signOut')
  return token
}

/** False where the token was revoked, has expired, or belongs to another database. */
export async function isAccepted(client: ManagementClient): Promise<boolean> {
  try {
    await client.call('getCurrentSession')
    return true
  } catch (error) {
    if (error instanceof ManagementError && error.status === 401) return false
    throw error
  }
}
