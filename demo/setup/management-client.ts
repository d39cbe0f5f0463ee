import {
  routes,
  type RouteBody,
  type RouteName,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
} from '#lib/contract/routes.ts'

/** The management API refused. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface CallInput<Name extends RouteName> {
  readonly params?: RouteParams<Name>
  readonly query?: RouteQuery<Name>
  readonly body?: RouteBody<Name>
  /** Version of what is changed. */
  readonly ifMatch?: number
}

const TIMEOUT_MS = 30_000

function urlOf(path: string, params: object, query: object): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)[name])),
  )
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return `/api/v1${filled}${search === '' ? '' : `?${search}`}`
}

interface ProblemLike {
  readonly code?: string
  readonly title?: string
  readonly detail?: string
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
}

function toError(name: string, status: number, problem: ProblemLike): ManagementError {
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`)
  const sentence = [problem.title ?? `HTTP ${status.toString()}`, problem.detail, ...fields]
    .filter((part) => part !== undefined)
    .join('; ')
  return new ManagementError(status, problem.code ?? 'unknown', `${name}: ${sentence}`)
}

/** Calls the management API as any script may: over HTTP, by its published routes. */
export class ManagementClient {
  readonly #baseUrl: string
  readonly #headers: Readonly<Record<string, string>>

  /** `headers` say who calls: an API token, or a session. */
  constructor(baseUrl: string, headers: Readonly<Record<string, string>>) {
    this.#baseUrl = baseUrl
    this.#headers = headers
  }

  static withToken(baseUrl: string, token: string): ManagementClient {
    return new ManagementClient(baseUrl, { authorization: `Bearer ${token}` })
  }

  async call<Name extends RouteName>(name: Name, input: CallInput<Name> = {}): Promise<RouteResponse<Name>> {
    const { method, path } = routes[name]
    const content = input.body === undefined ? {} : { body: JSON.stringify(input.body) }
    const response = await fetch(`${this.#baseUrl}${urlOf(path, input.params ?? {}, input.query ?? {})}`, {
      method,
      headers: {
        ...this.#headers,
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(input.ifMatch === undefined ? {} : { 'if-match': `"${input.ifMatch.toString()}"` }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...content,
    })
    const text = await response.text()
    const body: unknown = text === '' ? {} : JSON.parse(text)
    if (!response.ok) throw toError(name, response.status, body as ProblemLike)
    return body as RouteResponse<Name> // what the contract promises
  }
}

/** The answer, or null where the object exists already. */
export async function unlessExists<Result>(created: Promise<Result>): Promise<Result | null> {
  try {
    return await created
  } catch (error) {
    if (error instanceof ManagementError && error.code === 'already-exists') return null
    throw error
  }
}
