import type { RouteBody, RouteName, RouteParams, Routes } from '../contract/routes.ts'
import type { z } from 'zod'
import { routeTable } from './route-table.ts'

type IsEmpty<T> = keyof T extends never ? true : string extends keyof T ? true : false
type Query<Name extends RouteName> = Partial<z.output<Routes[Name]['query']>>

type ParamsInput<Name extends RouteName> =
  IsEmpty<RouteParams<Name>> extends true ? unknown : { readonly params: RouteParams<Name> }
type QueryInput<Name extends RouteName> =
  IsEmpty<Query<Name>> extends true ? unknown : { readonly query?: Optional<Query<Name>> }
type BodyInput<Name extends RouteName> = Routes[Name]['body'] extends null
  ? unknown
  : { readonly body: RouteBody<Name> }
type MatchInput<Name extends RouteName> = Routes[Name]['method'] extends 'GET'
  ? unknown
  : Routes[Name]['ifMatch'] extends true
    ? { readonly ifMatch: number }
    : unknown
type KeyInput<Name extends RouteName> = Routes[Name]['idempotent'] extends true
  ? { readonly idempotencyKey?: string }
  : unknown
type Optional<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

/** What a call of a route takes: its parameters, query, body and, for writes of a known object, its version. */
export type ApiInput<Name extends RouteName> = ParamsInput<Name> &
  QueryInput<Name> &
  BodyInput<Name> &
  MatchInput<Name> &
  KeyInput<Name>

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly ifMatch?: number
  readonly idempotencyKey?: string
}

/** Path and query of a route, from the root of the origin. Lists are joined by commas, absent values left out. */
export function toApiPath<Name extends RouteName>(name: Name, input: ApiInput<Name>): string {
  const { params = {}, query = {} } = input as AnyInput // the parts that every route may have
  const path = routeTable[name][1].replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params[key])))
  const search = toSearch(query)
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`
}

function toSearch(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue
    search.set(key, Array.isArray(value) ? value.join(',') : toText(value))
  }
  return search.toString()
}

/** Queries hold scalars and lists of them, never objects. */
const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

export function toApiRequest<Name extends RouteName>(
  name: Name,
  input: ApiInput<Name>,
): { readonly path: string; readonly init: RequestInit } {
  const { body, ifMatch, idempotencyKey } = input as AnyInput // the parts that every route may have
  const [method, , idempotent] = routeTable[name]
  const headers = new Headers({ Accept: 'application/json' })
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  if (ifMatch !== undefined) headers.set('If-Match', `"${String(ifMatch)}"`)
  if (idempotent === true) headers.set('Idempotency-Key', idempotencyKey ?? toRandomKey())
  return {
    path: toApiPath(name, input),
    init: { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
  }
}

/** `crypto.randomUUID` does not exist on plain http outside this machine; random bytes do. */
export function toRandomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
