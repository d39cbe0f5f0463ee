import { FINDINGS_MAX } from '../../contract/findings.ts'

export interface FindingList<Item> {
  readonly items: Item[]
  readonly total: number
}

/** As much of a list as one answer holds; an export holds all of it. */
export const toFindingList = <Item>(items: readonly Item[], itemsMax = FINDINGS_MAX): FindingList<Item> => ({
  items: items.slice(0, itemsMax),
  total: items.length,
})
