import { expect, test } from 'vitest'
import { Findings } from './findings.ts'
import { toRows } from './print-table.ts'
import { runFleet } from './run-fleet.ts'

/** With callers that would break and are only remembered: nothing of them is in the week before. */
const SEEDS = [5, 20]

test('the evidence contradicts nothing that happens in fleets whose truth is known', () => {
  const findings = new Findings()
  for (const seed of SEEDS) runFleet(seed, findings)
  expect(findings.violations).toEqual([])
  expect(toRows(findings).filter(({ goal, isMet }) => goal === '0' && isMet !== true)).toEqual([])
})
