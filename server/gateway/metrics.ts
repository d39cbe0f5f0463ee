import type { FastifyInstance } from 'fastify'

export interface Counter {
  add(amount: number, labels?: Readonly<Record<string, string | number>>): void
}

export interface Metrics {
  counter(name: string, help: string): Counter
  gauge(name: string, help: string, read: () => number): void
  /** Prometheus text format, version 0.0.4. */
  render(): string
}

export function createMetrics(): Metrics {
  const renderers: (() => string[])[] = []
  return {
    counter: (name, help) => {
      const values = new Map<string, number>()
      renderers.push(() => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} counter`,
        ...[...values].map(([labels, value]) => `${name}${labels} ${value}`),
      ])
      return {
        add: (amount, labels) => {
          const key = renderLabels(labels)
          values.set(key, (values.get(key) ?? 0) + amount)
        },
      }
    },
    gauge: (name, help, read) =>
      void renderers.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`]),
    render: () => `${renderers.flatMap((render) => render()).join('\n')}\n`,
  }
}

function renderLabels(labels: Readonly<Record<string, string | number>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${String(value).replace(/[\\"\n]/g, '_')}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

/** Requests by route template, never by path, so that the number of series is bounded. */
export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  const requests = metrics.counter('stepgate_http_requests_total', 'Requests answered, by route.')
  const seconds = metrics.counter('stepgate_http_request_seconds_total', 'Time spent answering, by route.')
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    requests.add(1, { route, method: request.method, status: reply.statusCode })
    seconds.add(reply.elapsedTime / 1_000, { route })
    done()
  })
}

export function exposeProcess(metrics: Metrics): void {
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  metrics.gauge('process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed)
  metrics.gauge('process_uptime_seconds', 'Time since start.', () => Math.round(process.uptime()))
}
