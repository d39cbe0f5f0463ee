export interface RowSelection {
  readonly ids: ReadonlySet<string>
  /** The row a range is drawn from. */
  readonly anchor: string | null
}

export const NOTHING_SELECTED: RowSelection = { ids: new Set(), anchor: null }

export function toggleRow(selection: RowSelection, id: string): RowSelection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, anchor: id }
}

/** Selects everything between the anchor and this row, both included, in the order of the rows as they are shown. */
export function extendToRow(selection: RowSelection, rows: readonly { readonly id: string }[], id: string): RowSelection {
  const from = rows.findIndex((row) => row.id === selection.anchor)
  const to = rows.findIndex((row) => row.id === id)
  if (from === -1 || to === -1) return { ids: new Set([...selection.ids, id]), anchor: selection.anchor ?? id }
  const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id)
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor }
}

export const selectAll = (rows: readonly { readonly id: string }[]): RowSelection => ({ ids: new Set(rows.map(({ id }) => id)), anchor: null })

/** What of a selection still exists, so that a bulk change never counts rows that are gone. */
export function selectedRows<Row extends { readonly id: string }>(selection: RowSelection, rows: readonly Row[]): Row[] {
  return rows.filter(({ id }) => selection.ids.has(id))
}
