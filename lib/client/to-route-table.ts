import type { RouteContract } from '../contract/routes.ts'

const toLine = ([name, { method, path, idempotent }]: [string, RouteContract]): string =>
  `  ${name}: ['${method}', '${path}'${idempotent ? ', true' : ''}],`

/** The part of the contract that the browser needs at run time, as a module: its schemas would cost every page 60 kB. */
export const toRouteTable = (routes: Readonly<Record<string, RouteContract>>): string =>
  [
    "import type { RouteContract, RouteName } from '../contract/routes.ts'",
    '',
    '/** Written by write-route-table.ts. Method, path below `/api/v1`, and whether a create takes an idempotency key. */',
    "export const routeTable: Readonly<Record<RouteName, readonly [RouteContract['method'], string, true?]>> = {",
    ...Object.entries(routes).map(toLine),
    '}',
    '',
  ].join('\n')
