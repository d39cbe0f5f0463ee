import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileCondition, ConditionError, toClaimValues, toParamValues } from './compile-condition.ts'

const claims = {
  sub: 'u-1',
  admin: true,
  level: 3,
  ratio: 0.5,
  customerId: 42,
  teams: ['red', 'blue'],
  accounts: [{ id: 'a-1', roles: ['owner'] }],
  address: { country: 'CH' },
  nothing: null,
}

function holds(expression: string, params: Record<string, unknown> = {}, token: Record<string, unknown> = claims) {
  const values = toClaimValues(token)
  if (values === null) throw new Error('the claims do not fit')
  return compileCondition(expression).holds({ params: toParamValues(params), token: values })
}

describe('a condition', () => {
  it.each([
    ['params.userId == token.sub', true],
    ['params.userId != token.sub', false],
    ['token.admin == true', true],
    ['token.level >= 3 && token.ratio < 1.0', true],
    ['string(token.customerId) == params.customerId', true],
    ['"red" in token.teams', true],
    ['token.teams.exists(team, team == params.team)', true],
    ['token.teams.all(team, team.startsWith("b"))', false],
    ['token.accounts.exists(a, a.id == params.account && "owner" in a.roles)', true],
    ['token.address.country == "CH"', true],
    ['has(token.address) && !has(token.email)', true],
    ['has(token.email) ? token.email == "x" : token.sub == "u-1"', true],
    ['size(token.teams) == 2', true],
    ['token.nothing == null', true],
    ['token.sub == "u-1" ||\n token.missing == "x"', true],
  ])('%s is %s', (expression, expected) => {
    const params = { userId: 'u-1', customerId: '42', team: 'blue', account: 'a-1' }
    expect(holds(expression, params)).toBe(expected)
  })

  it.each([
    ['token.email == "x"', 'a claim that is not there'],
    ['!(token.email == "x")', 'the negation of a claim that is not there'],
    ['params.other == token.sub', 'a parameter that is not there'],
    ['token.sub.country == "CH"', 'a member of a text'],
    ['token.level == "3"', 'another type'],
    ['token.teams[7] == "red"', 'an item that is not there'],
    ['token.constructor == "x" || token.__proto__ == "x"', 'what every object inherits'],
    ['token.admin', 'no truth of its own'],
  ])('%s never holds: %s', (expression) => {
    try {
      expect(holds(expression)).toBe(false)
    } catch (error) {
      expect(error).toBeInstanceOf(ConditionError)
    }
  })

  it('takes the several segments of a parameter together, and leaves out what is no text', () => {
    const params = toParamValues({ path: ['a', 'b'], id: '1', none: undefined, number: 4 })
    expect([...params]).toEqual([
      ['path', 'a/b'],
      ['id', '1'],
    ])
  })

  it('says which parameters it asks for', () => {
    const { params } = compileCondition(
      'params.b == token.sub && token.teams.exists(t, t == params["a"]) || has(params.c)',
    )
    expect(params).toEqual(['a', 'b', 'c'])
  })
})

describe('an expression is refused', () => {
  it.each([
    ['params.userId = token.sub', 1, 15],
    ['params.userId ==\n  token.sub &&', 2, 15],
    ['user.id == token.sub', 1, 1],
    ['params.id == 5', 1, 1],
    ['token.sub.matches("^a")', 1, 1],
    ['token.sub.lowerAscii() == "x"', 1, 1],
    ['timestamp(token.iat) > timestamp(0)', 1, 1],
    ['token.teams.map(t, t) == []', 1, 1],
    ['cel.bind(x, 1, x == 1)', 1, 1],
    ['token.sub', 1, 1],
    ['token.teams.all(a, token.teams.all(b, a == b))', 1, 1],
    ['', 1, 1],
  ])('%j, with the place', (expression, line, column) => {
    const refusal = (() => {
      try {
        compileCondition(expression)
        return null
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(ConditionError)
    expect(refusal).toMatchObject({ line, column })
    expect((refusal as ConditionError).message).toMatch(/\(line \d+, column \d+\)$/)
  })
})

describe('whatever is written', () => {
  const word = fc.constantFrom(
    ...['params', 'token', '.', 'sub', 'id', '==', '&&', '||', '!', '(', ')', '"x"', '1', 'in', '[', ']', ','],
    ...['exists', 'all', 'has', 'size', 't', '?', ':', '-', '{', '}', 'true', 'null', '%', '/', 'string'],
  )
  const text = fc.oneof(
    fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )

  it('is compiled or refused as a condition, and evaluates to true or false', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(text, json, fc.dictionary(fc.string(), fc.string()), (expression, payload, params) => {
        const token = toClaimValues(payload) ?? new Map()
        try {
          expect(compileCondition(expression).holds({ params: toParamValues(params), token })).toBeTypeOf('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(ConditionError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('claims', () => {
  it('do not fit with more items or a greater depth than a condition is judged by', () => {
    expect(toClaimValues({ groups: Array(250).fill('g') })).not.toBeNull()
    expect(toClaimValues({ groups: Array(251).fill('g') })).toBeNull()
    const nested = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as Record<string, unknown>
    expect(toClaimValues(nested)).toBeNull()
  })
})
