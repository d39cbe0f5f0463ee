import { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { checkFolds } from './check-folds.ts'
import { checkReplay } from './check-forecast.ts'
import { checkLifetimes } from './check-lifetimes.ts'
import { checkFollowingWeek, checkIndependentBounds } from './check-readiness.ts'
import { checkSharing } from './check-sharing.ts'
import type { Findings } from './findings.ts'
import { makeFleet } from './make-fleet.ts'
import { HOUR_MS } from './rhythms.ts'
import {
  evidenceAt,
  hasDropped,
  judgeDraft,
  requestsByEndpoint,
  startSimulation,
  type Ask,
  type Simulation,
} from './simulate.ts'

/** Windows people ask for: a week, as the lists show it, and the longest one. */
const WINDOWS_HOURS = [168, 720]

/** Runs one fleet through its weeks and checks everything the evidence says on the way. */
export function runFleet(seed: number, findings: Findings): Simulation {
  const simulation = startSimulation(makeFleet(seed))
  const { fleet, recorder } = simulation
  findings.count('fleets')
  for (const atMs of fleet.asksMs) {
    recorder.recordUntil(atMs)
    for (const windowHours of WINDOWS_HOURS)
      for (const ask of askAll(simulation, atMs, windowHours)) checkFollowingWeek(simulation, ask, findings)
    for (const ask of askAll(simulation, atMs, replayedHours(simulation, atMs)))
      if (!hasDropped(simulation, ask.endpoint.service)) checkReplay(simulation, ask, findings)
    checkLifetimes(simulation, atMs, findings)
  }
  recorder.recordUntil(fleet.endMs)
  checkFolds(simulation, findings)
  checkSharing(fleet, findings)
  checkIndependentBounds(new SeededRandom(seed), findings)
  return simulation
}

/** Where windows cross hours, only the whole history holds the same requests, recorded and single. */
const replayedHours = ({ fleet }: Simulation, atMs: number): number =>
  fleet.isAligned ? 168 : (atMs - fleet.startMs) / HOUR_MS

function askAll(simulation: Simulation, atMs: number, windowHours: number): Ask[] {
  const base = evidenceAt(simulation, atMs, windowHours)
  const requests = requestsByEndpoint(simulation)
  return simulation.fleet.endpoints.map((endpoint) => ({
    ...{ endpoint, atMs, windowHours, judgement: judgeDraft(base, endpoint), requests: requests.get(endpoint) ?? [] },
  }))
}
