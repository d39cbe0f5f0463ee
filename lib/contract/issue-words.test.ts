import { expect, it } from 'vitest'
import { EndpointRef } from './machine.ts'
import { AccountCreate } from './people.ts'
import { TokenLifetimeSeconds } from './catalog.ts'
import { Slug } from './primitives.ts'
import { Rule } from './rule.ts'

const words = (result: { error?: { issues: readonly { message: string }[] } | undefined }) =>
  result.error?.issues.map(({ message }) => message)

it('says what is wrong as the end of a sentence that begins with the field', () => {
  expect(words(Slug.safeParse('a'))).toEqual(['needs at least 2 characters'])
  expect(words(Slug.safeParse(undefined))).toEqual(['is required'])
  expect(words(TokenLifetimeSeconds.safeParse(5))).toEqual(['must be 30 or more'])
  expect(words(TokenLifetimeSeconds.safeParse(100_000))).toEqual(['must be 86,400 or less'])
  expect(words(TokenLifetimeSeconds.safeParse('soon'))).toEqual(['must be a number'])
  expect(words(EndpointRef.safeParse({ method: 'GET', route: 'orders' }))).toEqual(['must start with /'])
  expect(words(AccountCreate.safeParse({ email: 'nope', name: 'Carl', role: 'king' }))).toEqual([
    'must be an e-mail address',
    'must be one of viewer, operator, administrator',
  ])
  expect(words(Rule.safeParse({ access: 'token', requirements: [{ kind: 'scopes', allOf: [] }] }))).toEqual([
    'needs at least 1 item',
  ])
})

it('leaves the words that a schema chose itself', () => {
  expect(words(Slug.safeParse('Not one'))).toEqual([
    'use lower-case letters, digits and single hyphens, starting with a letter',
  ])
})
