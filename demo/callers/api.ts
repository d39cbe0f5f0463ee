const TIMEOUT_MS = 10_000

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export type Api = (method: string, path: string, body?: object) => Promise<Answer>

/** Plain HTTP with the headers a caller sends on every request. */
export function createApi(baseUrl: string, headersFor: () => Promise<Record<string, string>>): Api {
  return async (method, path, body) => {
    const content: RequestInit = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { ...type, ...(await headersFor()) }
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...content,
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text }
  }
}

/** The member of an answer that holds a list, or nothing. */
export function listIn<Item>(body: unknown, name: string): Item[] {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return Array.isArray(value) ? (value as Item[]) : [] // what the API promises
}

export const anyOf = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)]
