/** Metrics for Prometheus, with prom-client or as text. */
import { METRICS, type Metric, type MetricValue } from './observe/metrics.ts'
import { requireKnown } from './known-names.ts'
import type { Stepgate } from './stepgate.ts'

/** A metric of prom-client, as far as it is used. */
export interface PrometheusMetricLike {
  /** Forgets all values. */
  reset(): void
  /** Forgets the value without labels, which `reset` makes 0. */
  remove(): void
  /** Adds to the value with these labels. */
  inc(labels: Record<string, string>, value: number): void
}

/** What prom-client's constructors are given. */
export interface PrometheusMetricConfiguration {
  /** Name of the metric. */
  readonly name: string
  /** One sentence about it. */
  readonly help: string
  /** Names of its labels. */
  readonly labelNames: string[]
  /** Called by prom-client at each scrape. */
  readonly collect: () => void
  /** Registries it is added to. */
  readonly registers?: never[]
}

/** prom-client 14 or 15, told by its shape: `import * as client from 'prom-client'`. */
export interface PrometheusClientLike {
  /** Makes a counter. */
  readonly Counter: new (configuration: PrometheusMetricConfiguration) => PrometheusMetricLike
  /** Makes a gauge. */
  readonly Gauge: new (configuration: PrometheusMetricConfiguration) => PrometheusMetricLike
}

/** Settings of {@link registerStepgateMetrics}. */
export interface StepgateMetricsOptions {
  /** The service's own prom-client. */
  readonly client: PrometheusClientLike
  /** Registry of prom-client to add them to; by default its global one. */
  readonly registry?: object
}

/** `stepgate.snapshot.age` in seconds is `stepgate_snapshot_age_seconds`. */
function toPrometheusName({ name, unit, kind }: Metric): string {
  const suffix = unit === 's' ? '_seconds' : kind === 'counter' ? '_total' : ''
  return `${name.replaceAll('.', '_')}${suffix}`
}

/**
 * Adds the metrics of a stepgate to prom-client. They are read from `stepgate.status()` at each scrape; requests cost nothing
 * more. Call it once for each registry: prom-client throws when a name is taken.
 *
 * @example
 * import * as client from 'prom-client'
 * registerStepgateMetrics(stepgate, { client })
 */
export function registerStepgateMetrics(stepgate: Stepgate, options: StepgateMetricsOptions): void {
  requireKnown('registerStepgateMetrics', options, ['client', 'registry'])
  const { client, registry } = options
  for (const described of METRICS) {
    const collect = (): void => {
      metric.reset()
      if (described.labels.length === 0) metric.remove()
      for (const { labels, value } of described.read(stepgate.status())) metric.inc({ ...labels }, value)
    }
    const metric = new (described.kind === 'counter' ? client.Counter : client.Gauge)({
      name: toPrometheusName(described),
      help: described.help,
      labelNames: [...described.labels],
      collect,
      ...(registry === undefined ? {} : { registers: [registry as never] }), // prom-client knows its own registries
    })
  }
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function toSample(name: string, { labels, value }: MetricValue): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${String(value)}\n`
}

/**
 * The metrics of a stepgate in the text format of Prometheus (0.0.4), for a service without prom-client.
 *
 * @example
 * response.setHeader('content-type', 'text/plain; version=0.0.4').end(toPrometheusText(stepgate))
 */
export function toPrometheusText(stepgate: Stepgate): string {
  const status = stepgate.status()
  return METRICS.map((metric) => {
    const name = toPrometheusName(metric)
    const samples = metric.read(status).map((value) => toSample(name, value))
    return `# HELP ${name} ${metric.help}\n# TYPE ${name} ${metric.kind}\n${samples.join('')}`
  }).join('')
}
