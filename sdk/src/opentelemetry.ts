/** Spans and metrics for OpenTelemetry, by the `@opentelemetry/api` that the service hands over. */
import { METRICS } from './observe/metrics.ts'
import { requireKnown } from './known-names.ts'
import type { Stepgate, StepgateStatus } from './stepgate.ts'
import type { StepgateDecisionEvent } from './guard/decision-event.ts'
import { SDK_VERSION } from './version.ts'

/** Attributes of a span, of a span event or of a value. */
export type TelemetryAttributes = Record<string, string>

/** A span, as far as it is used. */
export interface TelemetrySpanLike {
  /** False where nothing that is written is kept. */
  isRecording(): boolean
  /** Adds attributes. */
  setAttributes(attributes: TelemetryAttributes): unknown
  /** Adds an event of this moment. */
  addEvent(name: string, attributes: TelemetryAttributes): unknown
}

/** Takes the values of a collection. */
export interface TelemetryResultLike {
  /** Tells one value of one instrument. */
  observe(instrument: never, value: number, attributes: TelemetryAttributes): void
}

/** What an instrument is described by. */
export interface TelemetryInstrumentOptions {
  /** One sentence about it. */
  readonly description: string
  /** Unit by UCUM; empty where it counts. */
  readonly unit: string
}

/** A meter, as far as it is used. */
export interface TelemetryMeterLike {
  /** Makes a counter that is read when it is collected. */
  createObservableCounter(name: string, options: TelemetryInstrumentOptions): object
  /** Makes a gauge that is read when it is collected. */
  createObservableGauge(name: string, options: TelemetryInstrumentOptions): object
  /** Has instruments read together. */
  addBatchObservableCallback(callback: (result: TelemetryResultLike) => void, instruments: never[]): void
  /** Takes it back. */
  removeBatchObservableCallback(callback: (result: TelemetryResultLike) => void, instruments: never[]): void
}

/** `@opentelemetry/api` 1.x, told by its shape: `import * as api from '@opentelemetry/api'`. */
export interface TelemetryApiLike {
  /** Where the span of the request is found. */
  readonly trace: {
    /** The span that is active where this is called. */
    getActiveSpan(): TelemetrySpanLike | undefined
  }
  /** Where meters come from. */
  readonly metrics: {
    /** The meter of a library. */
    getMeter(name: string, version?: string): TelemetryMeterLike
  }
}

/** Settings of {@link instrumentStepgate}. */
export interface StepgateTelemetryOptions {
  /** The service's own `@opentelemetry/api`. */
  readonly api: TelemetryApiLike
}

const LIBRARY = '@stepgate/node'

function toAttributes(decision: StepgateDecisionEvent): TelemetryAttributes {
  const { method, route, mode, outcome, reason, caller, decisionId } = decision
  return {
    'stepgate.endpoint': `${method} ${route}`,
    'stepgate.mode': mode,
    'stepgate.decision.id': decisionId,
    'stepgate.decision.outcome': outcome,
    ...(reason === null ? {} : { 'stepgate.decision.reason': reason }),
    ...(caller === null ? {} : { 'stepgate.decision.caller': caller }),
  }
}

/** A denial is an event too, so that it is found where spans are searched by their events. */
function traceDecisions(stepgate: Stepgate, trace: TelemetryApiLike['trace']): () => void {
  return stepgate.on('decision', (decision) => {
    const span = trace.getActiveSpan()
    if (span?.isRecording() !== true) return
    span.setAttributes(toAttributes(decision))
    if (decision.reason === null) return
    const name = decision.outcome === 'denied' ? 'stepgate.request.denied' : 'stepgate.request.would-be-denied'
    span.addEvent(name, { 'stepgate.decision.reason': decision.reason })
  })
}

function measure(stepgate: Stepgate, meter: TelemetryMeterLike): () => void {
  const instruments = METRICS.map(({ name, help: description, kind, unit = '' }) =>
    kind === 'counter'
      ? meter.createObservableCounter(name, { description, unit })
      : meter.createObservableGauge(name, { description, unit }),
  ) as never[] // the meter knows its own instruments
  const read = (result: TelemetryResultLike): void => {
    const status: StepgateStatus = stepgate.status()
    for (const [index, metric] of METRICS.entries()) {
      for (const { value, labels } of metric.read(status))
        result.observe(instruments[index] as never, value, { ...labels }) // as above
    }
  }
  meter.addBatchObservableCallback(read, instruments)
  return () => meter.removeBatchObservableCallback(read, instruments)
}

/**
 * Writes each decision to the span that is active when it is made, and the metrics of the stepgate to a meter, which reads
 * them from `stepgate.status()` when it collects. Endpoints in mode `off` decide nothing and write nothing. The answer takes
 * both away again. While spans are written each allowed request costs about a microsecond more.
 *
 * Attributes: `stepgate.endpoint`, `stepgate.mode`, `stepgate.decision.id`, `.outcome`, `.reason`, `.caller`. A denial adds
 * the event `stepgate.request.denied`, one that log-only lets pass `stepgate.request.would-be-denied`.
 *
 * @example
 * import * as api from '@opentelemetry/api'
 * instrumentStepgate(stepgate, { api })
 */
export function instrumentStepgate(stepgate: Stepgate, options: StepgateTelemetryOptions): () => void {
  requireKnown('instrumentStepgate', options, ['api'])
  const { api } = options
  const undo = [
    traceDecisions(stepgate, api.trace),
    measure(stepgate, api.metrics.getMeter(LIBRARY, SDK_VERSION)),
  ] as const
  return () => {
    for (const step of undo) step()
  }
}
