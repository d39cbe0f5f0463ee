import type { RouteName, RouteResponse } from '../contract/routes.ts'
import { toApiProblem, unreachable } from './api-problem.ts'
import { toApiRequest, type ApiInput } from './api-request.ts'

/** Calls a route of the management API from the browser, on this origin. Throws {@link ApiProblem}. */
export async function api<Name extends RouteName>(
  name: Name,
  input: ApiInput<Name>,
  signal?: AbortSignal,
): Promise<RouteResponse<Name>> {
  const { path, init } = toApiRequest(name, input)
  const response = await send(path, signal === undefined ? init : { ...init, signal })
  if (!response.ok) throw await toApiProblem(response)
  if (response.status === 204) return {} as RouteResponse<Name> // routes without content answer an empty object
  return (await response.json()) as RouteResponse<Name> // the gateway checks its answers against the same contract
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
}
