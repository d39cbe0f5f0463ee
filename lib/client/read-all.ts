import type { RouteName, RouteResponse } from '../contract/routes.ts'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}
type ItemOf<Name extends RouteName> = RouteResponse<Name> extends Page<infer Item> ? Item : never

const PAGES_MAX = 100

/** Every item of a paged route, page after page. For lists that a person reads as a whole. */
export async function readAll<Name extends RouteName>(name: Name, input: ApiInput<Name>, signal?: AbortSignal): Promise<ItemOf<Name>[]> {
  const items: ItemOf<Name>[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer: Page<ItemOf<Name>> = (await api(name, withCursor(input, cursor), signal)) as unknown as Page<ItemOf<Name>> // ItemOf is never for routes without pages
    items.push(...answer.items)
    cursor = answer.nextCursor
    if (cursor === null) break
  }
  return items
}

function withCursor<Name extends RouteName>(input: ApiInput<Name>, cursor: string | null): ApiInput<Name> {
  if (cursor === null) return input
  const paged = input as { readonly query?: object } // the part that every paged route has
  return { ...paged, query: { ...paged.query, cursor } } as ApiInput<Name>
}
