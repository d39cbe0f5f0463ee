import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EndpointCreate } from '../contract/endpoint.ts'
import { CredentialCreate, ServiceCreate } from '../contract/catalog.ts'
import { ControlError } from './control-error.ts'
import { parseInput } from './parse-input.ts'

function refusal(schema: z.ZodType, input: unknown): string[] {
  try {
    parseInput(schema, input)
  } catch (error) {
    if (error instanceof ControlError) return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
    throw error
  }
  return []
}

describe('input', () => {
  it('names each missing and each unknown field', () => {
    expect(refusal(ServiceCreate, { slug: 'orders', nmae: 'Orders' })).toEqual([
      '/name is required',
      '/nmae is not a known field',
    ])
  })

  it('points into nested values', () => {
    const rule = {
      access: 'token',
      requirements: [
        { kind: 'max-token-age', seconds: 'x' },
        { kind: 'scopes', allOf: ['Nope'] },
      ],
    }
    expect(refusal(EndpointCreate, { serviceSlug: 'orders', method: 'GET', route: '/a', rule })).toEqual([
      '/rule/requirements/0/seconds must be a number',
      '/rule/requirements/1/allOf/0 write a scope as resource:action, in lower case',
    ])
  })

  it('names an unknown kind of a union', () => {
    expect(refusal(CredentialCreate, { kind: 'password', name: 'x' })).toEqual(['/kind is of an unknown kind'])
  })

  it('says when the body itself is wrong', () => {
    expect(() => parseInput(ServiceCreate, null)).toThrow('The body: must be an object')
    expect(() => parseInput(z.strictObject({ limit: z.int() }), { limit: 'x' }, 'query')).toThrow(
      'query/limit: must be',
    )
  })
})
