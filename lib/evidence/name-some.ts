/** `billing, orders and 2 more`. */
export function nameSome(names: readonly string[], shown = 2): string {
  const more = names.length - shown
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ')
}
