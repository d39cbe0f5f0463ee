import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Role = 'administrator' | 'operator' | 'viewer'

interface Account {
  readonly role: Role
  readonly email: string
  readonly password: string
}

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is missing: the journeys start with e2e/support/start-product.ts.`)
  return value
}

/** Where the product under test answers. */
export const productUrl = (): string => required('STEPGATE_E2E_URL')

export function accountOf(role: Role): Account {
  const accounts = JSON.parse(
    readFileSync(join(required('STEPGATE_E2E_DATA_DIR'), 'demo-accounts.json'), 'utf8'),
  ) as Account[] // written by the demo
  const account = accounts.find((candidate) => candidate.role === role)
  if (account === undefined) throw new Error(`The demo has no ${role}.`)
  return account
}
