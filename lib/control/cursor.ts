import { z } from 'zod'
import { ControlError } from './control-error.ts'

const decode = (cursor: string): unknown => JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))

/** Opaque cursor of the item after which the next page starts. */
export const toCursor = (list: string, ...keys: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify([list, ...keys])).toString('base64url')

/** Keys of a cursor of the same list; undefined for the first page. */
export function parseCursor<Keys extends [z.ZodType, ...z.ZodType[]]>(
  list: string,
  cursor: string | undefined,
  ...keys: Keys
): z.output<z.ZodTuple<Keys>> | undefined {
  if (cursor === undefined) return undefined
  try {
    return z.tuple(keys).parse(
      z
        .tuple([z.literal(list)], z.unknown())
        .parse(decode(cursor))
        .slice(1),
    )
  } catch {
    throw new ControlError('invalid-cursor', 'The cursor is not one of this list.', [
      { pointer: 'query/cursor', detail: 'is not a cursor of this list' },
    ])
  }
}

export interface Page<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

/** Cuts one row more than a page holds down to a page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** Cuts a list that is sorted here. A cursor names the last item seen, and its place in case that one is gone: what came after it has moved up by one then. */
export function cutPage<Item>(
  list: string,
  items: readonly Item[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  idOf: (item: Item) => string,
): Page<Item> {
  const after = parseCursor(list, cursor, z.string(), z.int().min(0))
  const found = after === undefined ? -1 : items.findIndex((item) => idOf(item) === after[0])
  const start = after === undefined ? 0 : found >= 0 ? found + 1 : Math.max(0, after[1] - 1)
  const shown = items.slice(start, start + limit)
  const last = shown.at(-1)
  const end = start + shown.length
  return {
    items: shown,
    nextCursor: last !== undefined && end < items.length ? toCursor(list, idOf(last), end) : null,
  }
}

/** A list that always fits one page. */
export const onePage = <Item>(items: Item[]): Page<Item> => ({ items, nextCursor: null })
