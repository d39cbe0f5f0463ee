/** Buckets chosen with the keyboard: from where Shift was pressed first to where the cursor stands. */
export interface BucketCursor {
  readonly anchor: number
  readonly index: number
}

const PAGE = 10

/** Where a key takes the cursor in so many buckets; null when it is not one that moves it. */
export function moveCursor(
  cursor: BucketCursor,
  key: string,
  isExtending: boolean,
  count: number,
): BucketCursor | null {
  const target = toTarget(cursor.index, key, count)
  if (target === null) return null
  const index = Math.max(0, Math.min(count - 1, target))
  return { anchor: isExtending ? cursor.anchor : index, index }
}

function toTarget(index: number, key: string, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return index - 1
    case 'ArrowRight':
    case 'ArrowUp':
      return index + 1
    case 'PageDown':
      return index - PAGE
    case 'PageUp':
      return index + PAGE
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

export const toFirstAndLast = ({ anchor, index }: BucketCursor): readonly [number, number] =>
  anchor <= index ? [anchor, index] : [index, anchor]
