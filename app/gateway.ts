import { cookies, headers } from 'next/headers'
import type { RouteName, RouteResponse } from '#lib/contract/routes.ts'
import { toApiProblem, unreachable } from '#lib/client/api-problem.ts'
import { toApiRequest, type ApiInput } from '#lib/client/api-request.ts'
import { sessionCookieName } from './session-cookie.ts'

const ANSWER_WITHIN_MS = 10_000

/** Calls a route of the management API from a server component, as the person in front of it. Throws `ApiProblem`. */
export async function gateway<Name extends RouteName>(name: Name, input: ApiInput<Name>): Promise<RouteResponse<Name>> {
  const cookieName = sessionCookieName()
  const token = (await cookies()).get(cookieName)?.value
  return callGateway(name, input, token === undefined ? {} : { cookie: `${cookieName}=${token}` })
}

/** The same without a session, or with another one: for signing in and out. */
export async function callGateway<Name extends RouteName>(
  name: Name,
  input: ApiInput<Name>,
  extra: Readonly<Record<string, string>>,
): Promise<RouteResponse<Name>> {
  const { path, init } = toApiRequest(name, input)
  const sent = new Headers(init.headers)
  for (const [key, value] of Object.entries({ ...(await clientHeaders()), ...extra })) sent.set(key, value)
  const response = await fetch(`${gatewayUrl()}${path}`, {
    ...init,
    headers: sent,
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => {
    throw unreachable()
  })
  if (!response.ok) throw await toApiProblem(response)
  return (response.status === 204 ? {} : await response.json()) as RouteResponse<Name> // the gateway checks its answers against the same contract
}

/** Who is really asking: throttling and the list of sessions go by it. */
async function clientHeaders(): Promise<Record<string, string>> {
  const incoming = await headers()
  const passed = ['user-agent', 'x-forwarded-for'].map((name) => [name, incoming.get(name)] as const)
  return Object.fromEntries(passed.filter((pair): pair is readonly [string, string] => pair[1] !== null))
}

const gatewayUrl = (): string => process.env['STEPGATE_GATEWAY_URL'] ?? 'http://127.0.0.1:3000'
