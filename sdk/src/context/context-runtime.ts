import { ConditionCompiler } from '../condition/condition-compiler.ts'
import type { EventHub } from '../event-hub.ts'
import type { Settings } from '../settings.ts'
import { ContextReader } from './context-reader.ts'
import type { GeoDatabaseStatus } from './geo-database.ts'
import { GeoDatabases } from './geo-databases.ts'
import { Places } from './places.ts'
import { SeenFile } from './seen-file.ts'
import { SeenMemory } from './seen-memory.ts'

export { SDK_VERSION } from '../version.ts'

/** The parts that look at what surrounds a request, and what they keep on disk. */
export class ContextRuntime {
  readonly reader: ContextReader
  readonly conditions: ConditionCompiler
  readonly #databases: GeoDatabases | null
  readonly #file: SeenFile | null

  constructor(settings: Settings, events: EventHub) {
    const { geo, geoDatabases, contextSignals, stateDir, clientId, trustedProxies } = settings
    const memory = new SeenMemory()
    this.#file = stateDir === null || contextSignals === 'off' ? null : new SeenFile(memory, stateDir, clientId, events)
    this.#databases = geoDatabases.length === 0 ? null : new GeoDatabases(geoDatabases, events)
    const source = geo ?? this.#databases
    const places = source === null ? null : new Places(source, events)
    this.#databases?.open(() => places?.forget())
    this.conditions = new ConditionCompiler(events)
    const { conditions } = this
    this.reader = new ContextReader({ places, memory, signals: contextSignals, trustedProxies, events, conditions })
  }

  get geoDatabases(): GeoDatabaseStatus[] {
    return this.#databases?.status ?? []
  }

  flush(): Promise<void> {
    return this.#file?.save() ?? Promise.resolve()
  }

  async close(): Promise<void> {
    this.#databases?.close()
    await this.#file?.close()
  }
}
