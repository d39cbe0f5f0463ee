import { describe, expect, it } from 'vitest'
import { planSlots } from './plan-slots.ts'

const UNTIL = new Date('2026-11-23T19:47:31.250Z')

describe('slots of the history', () => {
  const slots = planSlots(UNTIL, 14)

  it('cover the time up to the last whole minute without a gap or an overlap', () => {
    const last = slots.at(-1)
    for (const [index, slot] of slots.entries()) {
      const next = slots[index + 1]
      if (next !== undefined) expect(slot.from.getTime() + slot.seconds * 1_000).toBe(next.from.getTime())
    }
    expect((last?.from.getTime() ?? 0) + (last?.seconds ?? 0) * 1_000).toBe(Date.parse('2026-11-23T19:47:00.000Z'))
  })

  it('begin at a whole hour fourteen days ago', () => {
    expect(slots[0]).toEqual({ from: new Date('2026-11-09T20:00:00.000Z'), seconds: 3_600 })
  })

  it('never cross midnight', () => {
    for (const { from, seconds } of slots) {
      expect(new Date(from.getTime() + seconds * 1_000 - 1).getUTCDate()).toBe(from.getUTCDate())
    }
  })

  it('are finer the nearer they are to now', () => {
    const secondsOf = (hoursAgo: number) =>
      slots.find(({ from }) => from.getTime() > UNTIL.getTime() - hoursAgo * 3_600_000)?.seconds
    expect([0.5, 25, 40, 60].map(secondsOf)).toEqual([60, 60, 900, 3_600])
  })
})
