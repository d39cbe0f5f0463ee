import { ScopeName } from '../../contract/primitives.ts'
import type { Rule } from '../../policy/rule.ts'
import { METHODS, type Method } from '../../policy/vocabulary.ts'
import { parseOperation, type OpenApiDocument, type OpenApiOperation } from './parse-openapi.ts'

export interface EndpointShape {
  readonly method: string
  readonly route: string
}

export interface NewEndpoint extends EndpointShape {
  readonly description: string
  readonly rule: Rule | null
}

export interface ImportPlan {
  readonly created: readonly NewEndpoint[]
  readonly unchanged: readonly EndpointShape[]
  /** Known endpoints that the document does not have. */
  readonly missing: readonly EndpointShape[]
  /** Scopes of the new rules, with the descriptions the document gives them. */
  readonly scopes: ReadonlyMap<string, string>
  /** What was left out, and why. */
  readonly notes: readonly string[]
}

const DESCRIPTION_MAX = 2_000
const ROUTE_MAX = 500
const SCOPES_MAX = 20

/** What importing the document would do to a service that has these endpoints. */
export function planOpenApiImport(
  document: OpenApiDocument,
  known: readonly EndpointShape[],
  rulesFromSecurity: boolean,
): ImportPlan {
  const notes: string[] = []
  const declared = uniqueByShape(readEndpoints(document, rulesFromSecurity, notes), notes)
  const prefix = choosePrefix(document, declared, known, notes)
  const wanted = declared.map((endpoint) => ({ ...endpoint, route: joinRoute(prefix, endpoint.route) }))
  const knownByShape = new Map(known.map((endpoint) => [shapeOf(endpoint), endpoint]))
  const wantedShapes = new Set(wanted.map(shapeOf))
  const created = wanted.filter((endpoint) => !knownByShape.has(shapeOf(endpoint)))
  return {
    created,
    unchanged: wanted.flatMap((endpoint) => knownByShape.get(shapeOf(endpoint)) ?? []),
    missing: known.filter((endpoint) => !wantedShapes.has(shapeOf(endpoint))),
    scopes: collectScopes(document, created),
    notes,
  }
}

function readEndpoints(document: OpenApiDocument, rulesFromSecurity: boolean, notes: string[]): NewEndpoint[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    if (path.startsWith('x-')) return []
    const route = toRoute(path)
    if (route === null) return note(notes, `${path.slice(0, 100)} was left out: it is not a path template.`)
    if (typeof item['$ref'] === 'string') notes.push(`${path}: what it refers to was left out.`)
    return methodsOf(item).map(([method, value]) => {
      const operation = parseOperation(value, path, method.toLowerCase())
      const description = (operation.summary ?? operation.description ?? '')
        .normalize('NFC')
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, DESCRIPTION_MAX)
      return {
        method,
        route,
        description,
        rule: rulesFromSecurity ? toRule(document, operation, `${method} ${route}`, notes) : null,
      }
    })
  })
}

const methodsOf = (item: Record<string, unknown>): [Method, unknown][] =>
  METHODS.flatMap((method) => (method.toLowerCase() in item ? [[method, item[method.toLowerCase()]]] : []))

/** `/orders/{orderId}` in the spelling frameworks use; null for what is no path. */
export function toRoute(path: string): string | null {
  const route = path.normalize('NFC').replaceAll(/\{([^{}/]+)\}/g, ':$1')
  return route.startsWith('/') && route.length <= ROUTE_MAX && !/[\s\p{C}?#{}]/u.test(route) ? route : null
}

/** Names of parameters do not tell endpoints apart: a framework's template may call them otherwise. */
const shapeOf = ({ method, route }: EndpointShape): string => `${method} ${route.replaceAll(/:[^/.:]+/g, ':')}`

function uniqueByShape(endpoints: readonly NewEndpoint[], notes: string[]): NewEndpoint[] {
  const first = new Map<string, NewEndpoint>()
  for (const endpoint of endpoints) {
    const same = first.get(shapeOf(endpoint))
    if (same) notes.push(`${endpoint.method} ${endpoint.route} was left out: it is the same endpoint as ${same.route}.`)
    else first.set(shapeOf(endpoint), endpoint)
  }
  return [...first.values()]
}

/** The first server's path comes before every route, unless the service is known to be mounted without it. */
function choosePrefix(
  document: OpenApiDocument,
  declared: readonly EndpointShape[],
  known: readonly EndpointShape[],
  notes: string[],
): string {
  const prefix = serverPath(document)
  if (prefix === '') return ''
  const shapes = new Set(known.map(shapeOf))
  const matches = (before: string) =>
    declared.filter(({ method, route }) => shapes.has(shapeOf({ method, route: joinRoute(before, route) }))).length
  if (matches('') <= matches(prefix)) return prefix
  notes.push(`The path ${prefix} of the first server was left out: the service serves these routes without it.`)
  return ''
}

const joinRoute = (prefix: string, route: string): string => (route === '/' && prefix !== '' ? prefix : prefix + route)

/** Path of the first server's URL, with its variables at their defaults; empty for the root. */
function serverPath({ servers }: OpenApiDocument): string {
  const [server] = servers ?? []
  if (!server) return ''
  const url = server.url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) =>
    String(server.variables?.[name]?.default ?? 'x'),
  )
  if (!URL.canParse(url, 'http://service')) return ''
  return toRoute(new URL(url, 'http://service').pathname)?.replace(/\/+$/, '') ?? ''
}

/** One requirement of OAuth 2 or OpenID Connect becomes a rule; anything else is left for people to say. */
function toRule(document: OpenApiDocument, operation: OpenApiOperation, name: string, notes: string[]): Rule | null {
  const alternatives = operation.security ?? document.security
  if (alternatives === undefined) return null
  if (alternatives.length !== 1 || Object.keys(alternatives[0] ?? {}).length === 0)
    return leaveOpen(notes, name, 'it allows several ways in, or none is needed')
  const [requirement = {}] = alternatives
  const schemes = document.components?.securitySchemes ?? {}
  if (!Object.keys(requirement).every((scheme) => ['oauth2', 'openIdConnect'].includes(schemes[scheme]?.type ?? '')))
    return leaveOpen(notes, name, 'its security scheme is not OAuth 2')
  const scopes = [...new Set(Object.values(requirement).flat())]
  const odd = scopes.find((scope) => !ScopeName.safeParse(scope).success)
  if (odd !== undefined) return leaveOpen(notes, name, `its scope ${odd.slice(0, 100)} is not written resource:action`)
  if (scopes.length > SCOPES_MAX) return leaveOpen(notes, name, `it names more than ${SCOPES_MAX} scopes`)
  return { access: 'token', requirements: scopes.length === 0 ? [] : [{ kind: 'scopes', allOf: scopes }] }
}

function leaveOpen(notes: string[], name: string, why: string): null {
  notes.push(`${name} has no rule yet: ${why}.`)
  return null
}

function note(notes: string[], sentence: string): [] {
  notes.push(sentence)
  return []
}

function collectScopes(document: OpenApiDocument, created: readonly NewEndpoint[]): Map<string, string> {
  const named = created.flatMap(({ rule }) =>
    (rule?.requirements ?? []).flatMap((requirement) => (requirement.kind === 'scopes' ? requirement.allOf : [])),
  )
  const flows = Object.values(document.components?.securitySchemes ?? {}).flatMap(({ flows: all }) =>
    Object.values(all ?? {}),
  )
  const descriptions = new Map(flows.flatMap(({ scopes }) => Object.entries(scopes)))
  return new Map(
    named.map((scope) => [
      scope,
      (descriptions.get(scope) ?? '')
        .normalize('NFC')
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, DESCRIPTION_MAX),
    ]),
  )
}
