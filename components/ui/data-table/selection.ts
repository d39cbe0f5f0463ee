/** Rows between two of them, both included, in the order shown. */
export function rangeBetween(ids: readonly string[], from: string, to: string): string[] {
  const [start, end] = [ids.indexOf(from), ids.indexOf(to)].sort((left, right) => left - right)
  return start === undefined || end === undefined || start === -1 ? [to] : ids.slice(start, end + 1)
}

/** Selects, or takes back, one row; with an anchor everything between. */
export function withToggled(
  selection: ReadonlySet<string>,
  ids: readonly string[],
  id: string,
  anchor: string | null,
): ReadonlySet<string> {
  const isSelected = !selection.has(id)
  const next = new Set(selection)
  for (const each of anchor === null ? [id] : rangeBetween(ids, anchor, id)) {
    if (isSelected) next.add(each)
    else next.delete(each)
  }
  return next
}
