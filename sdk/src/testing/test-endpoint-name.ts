import { METHODS } from 'node:http'
import type { Field } from '../../../lib/policy/field-reader.ts'
import { SnapshotFormatError } from '../../../lib/policy/snapshot-format-error.ts'
import { toEndpointTemplate } from '../guard/template.ts'
import { readText } from './test-value.ts'

/** `GET /orders/:orderId`: how a test names an endpoint. HEAD is decided as GET. */
export function toEndpointName(method: string, route: string): string {
  const verb = method.toUpperCase()
  return `${verb === 'HEAD' ? 'GET' : verb} ${toEndpointTemplate(route)}`
}

/** Method and route of a name. */
export function splitName(name: string): [method: string, route: string] {
  const [, method = '', route = ''] = /^\s*(\S+)\s+(.*?)\s*$/.exec(name) ?? []
  return [method, route]
}

export function readMethod(field: Field): string {
  const method = readText(field)
  if (!METHODS.includes(method.toUpperCase())) throw new SnapshotFormatError(field.path, 'must be a method of HTTP')
  return method
}

const LISTED_MAX = 20

/** For a message. */
export const listNames = (names: readonly string[]): string => names.slice(0, LISTED_MAX).join(', ') || 'none'
