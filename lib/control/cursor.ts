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

/** A list that always fits one page. */
export const onePage = <Item>(items: Item[]): Page<Item> => ({ items, nextCursor: null })
