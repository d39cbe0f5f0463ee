import { expect, test } from 'vitest'
import { Findings } from './findings.ts'
import { toRows } from './print-table.ts'
import { runFleet } from './run-fleet.ts'

/** In the first, callers would break of whom nothing is in the week before; in the second, windows end with minutes. */
const SEEDS = [5, 34]

test('the evidence contradicts nothing that happens in fleets whose truth is known', () => {
  const findings = new Findings()
  for (const seed of SEEDS) runFleet(seed, findings)
  expect(findings.violations).toEqual([])
  expect(toRows(findings).filter(({ goal, isMet }) => goal === '0' && isMet !== true)).toEqual([])
}, 120_000)
