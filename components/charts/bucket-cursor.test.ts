import { describe, expect, it } from 'vitest'
import { moveCursor, toFirstAndLast } from './bucket-cursor.ts'

const at = (index: number, anchor = index) => ({ anchor, index })

describe('the keyboard in a chart', () => {
  it.each([
    ['ArrowLeft', 4],
    ['ArrowRight', 6],
    ['PageDown', 0],
    ['PageUp', 11],
    ['Home', 0],
    ['End', 11],
  ])('%s moves from the sixth of twelve bars', (key, index) => {
    expect(moveCursor(at(5), key, false, 12)).toEqual(at(index))
  })

  it('with Shift keeps where it began, in both directions', () => {
    const moved = moveCursor(at(5), 'ArrowLeft', true, 12)
    expect(moved).toEqual(at(4, 5))
    expect(toFirstAndLast(moved ?? at(0))).toEqual([4, 5])
    expect(toFirstAndLast(at(8, 5))).toEqual([5, 8])
  })

  it('stays within the bars, and leaves other keys alone', () => {
    expect(moveCursor(at(0), 'ArrowLeft', false, 12)).toEqual(at(0))
    expect(moveCursor(at(11), 'ArrowRight', false, 12)).toEqual(at(11))
    expect(moveCursor(at(5), 'Tab', false, 12)).toBeNull()
  })
})
