/** Guard, queue and reporter as the runtime puts them together, for decisions by the million: those do not fit through a socket. */
import { randomUUID } from 'node:crypto'
import { ControlPlane } from '../../src/client/control-plane.ts'
import { TokenClient } from '../../src/client/token-client.ts'
import { StepgateTokenError } from '../../src/errors.ts'
import { EventHub } from '../../src/event-hub.ts'
import { explainDecision } from '../../src/guard/explain-decision.ts'
import { refuseDenied } from '../../src/guard/refuse-denied.ts'
import { Guard } from '../../src/guard/guard.ts'
import type { RequestReader } from '../../src/guard/request-reader.ts'
import { RouteTable } from '../../src/guard/route-table.ts'
import { DecisionQueue } from '../../src/report/decision-queue.ts'
import { DecisionReporter } from '../../src/report/decision-reporter.ts'
import { toInstanceReport } from '../../src/report/instance-report.ts'
import { SenderProver } from '../../src/sender/sender-prover.ts'
import { parseSettings } from '../../src/settings.ts'
import { CLIENT_ID, CLIENT_SECRET, type TestControlPlane } from '../control-plane.ts'
import { silentLogger } from '../fixtures.ts'
import { toVerifier } from '../../src/token/verify-token.ts'

/** As much of a request as a decision by scopes needs. */
export interface BareRequest {
  readonly authorization: string | undefined
}

export const bareRequestReader: RequestReader<BareRequest> = {
  authorization: (request) => request.authorization,
  userAgent: () => 'tests/1',
  header: () => undefined,
  method: () => 'GET',
  path: () => '/orders',
  params: () => ({}),
  socket: () => undefined,
}

export interface Decider {
  readonly guard: Guard
  readonly routes: RouteTable
  readonly reporter: DecisionReporter
}

export interface DeciderLimits {
  readonly queueSizeMax: number
  readonly intervalMs: number
}

const SAMPLES_MAX = 50

export function makeDecider(plane: TestControlPlane, { queueSizeMax, intervalMs }: DeciderLimits): Decider {
  const settings = parseSettings(
    { url: plane.url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, configKey: plane.configKey.pin },
    {},
  )
  const events = new EventHub(silentLogger)
  const queue = new DecisionQueue(queueSizeMax, SAMPLES_MAX)
  const controlPlane = new ControlPlane(
    { url: plane.url, instanceId: randomUUID(), workload: 'tests', applied: () => null },
    new TokenClient(settings, StepgateTokenError),
  )
  const routes = new RouteTable(() => undefined)
  const instance = toInstanceReport({
    id: randomUUID(),
    workload: 'tests',
    startedAt: new Date(),
    framework: 'tests',
    snapshot: plane.snapshot,
    state: 'fresh',
  })
  const reporter = new DecisionReporter({
    controlPlane,
    queue,
    events,
    describeInstance: () => instance,
    intervalMs: () => intervalMs,
  })
  const guard = new Guard({
    ...{ routes, queue, events, trustedProxies: [], foldsMax: queueSizeMax },
    explain: explainDecision,
    refuse: refuseDenied,
    toVerifier,
    prover: new SenderProver([]),
  })
  return { guard, routes, reporter }
}
