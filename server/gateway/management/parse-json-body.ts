import type { FastifyInstance } from 'fastify'
import { ControlError } from '#lib/control/control-error.ts'
import { isDeeperThan } from '../http/json-depth.ts'

const DEPTH_MAX = 32
/** Names that change what an object is rather than what it holds. */
const REFUSED_NAMES = new Set(['__proto__', 'constructor', 'prototype'])

/** JSON, or nothing at all: routes that need a body say so themselves, by their contract. */
export function takeJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, text: string) =>
    parseJsonBody(text),
  )
}

export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined
  if (isDeeperThan(text, DEPTH_MAX))
    throw new ControlError('malformed-json', `The body nests deeper than ${DEPTH_MAX} levels.`)
  const body = parse(text)
  refuseUnsafe(body, '')
  return body
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ControlError('malformed-json', 'The body is not valid JSON.')
  }
}

/** The depth is bounded by now, so recursion is too. */
function refuseUnsafe(value: unknown, pointer: string): void {
  if (typeof value === 'string') requireStorable(value, pointer)
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${name}`.slice(0, 300)
    if (REFUSED_NAMES.has(name)) refuse(place, 'is not a known field')
    refuseUnsafe(member, place)
  }
}

/** Text that no column can hold: NUL, and halves of surrogate pairs. */
export function requireStorable(text: string, pointer: string): void {
  if (text.includes('\u0000') || !text.isWellFormed())
    refuse(pointer, 'must be text without NUL and without lone surrogates')
}

function refuse(pointer: string, detail: string): never {
  throw new ControlError('invalid-request', `${pointer}: ${detail}.`, [{ pointer, detail }])
}
