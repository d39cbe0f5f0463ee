type Labels = Readonly<Record<string, string | number>>

export interface Counter {
  add(amount: number, labels?: Labels): void
  /** Adds under the same labels each time. */
  series(labels: Labels): (amount: number) => void
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
      const addTo = (key: string, amount: number): void => void values.set(key, (values.get(key) ?? 0) + amount)
      return {
        add: (amount, labels) => addTo(renderLabels(labels), amount),
        series: (labels) => {
          const key = renderLabels(labels)
          return (amount) => addTo(key, amount)
        },
      }
    },
    gauge: (name, help, read) =>
      void renderers.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`]),
    render: () => `${renderers.flatMap((render) => render()).join('\n')}\n`,
  }
}

function renderLabels(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${String(value).replace(/[\\"\n]/g, '_')}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

export function exposeProcess(metrics: Metrics): void {
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  metrics.gauge('process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed)
  metrics.gauge('process_uptime_seconds', 'Time since start.', () => Math.round(process.uptime()))
}
