import { join } from 'node:path'
import { readPrivateJson, writePrivateJson } from '../supervision/private-file.ts'

/** What the first start does once; later starts leave it as people have made it since. */
export type SetupStep = 'catalog' | 'identity-settings' | 'rules' | 'history' | 'gates' | 'staging'

/** What the fleet remembers between two starts: the secrets it was shown once, and how far its set-up came. */
export interface FleetState {
  /** The environment all of this belongs to; another database has another. */
  readonly environmentId: string | null
  readonly apiToken: string | null
  readonly ports: Readonly<Record<string, number>>
  /** Client secret, or private key in PEM form, by client id. */
  readonly credentials: Readonly<Record<string, string>>
  readonly done: readonly SetupStep[]
}

const NEW: FleetState = { environmentId: null, apiToken: null, ports: {}, credentials: {}, done: [] }

export class FleetStateFile {
  readonly #path: string
  #state: FleetState

  constructor(folder: string) {
    this.#path = join(folder, 'fleet.json')
    this.#state = { ...NEW, ...(readPrivateJson(this.#path) as Partial<FleetState> | null) } // written by this class
  }

  get state(): FleetState {
    return this.#state
  }

  change(change: Partial<FleetState>): void {
    this.#state = { ...this.#state, ...change }
    writePrivateJson(this.#path, this.#state)
  }

  rememberCredential(clientId: string, secret: string): void {
    this.change({ credentials: { ...this.#state.credentials, [clientId]: secret } })
  }

  /** Another database than last time: nothing that was remembered holds, but for the ports. */
  belongTo(environmentId: string): void {
    if (this.#state.environmentId === environmentId) return
    this.change({ environmentId, credentials: {}, done: [] })
  }

  /** Does a step unless it was done before. */
  async once(step: SetupStep, work: () => Promise<void>): Promise<void> {
    if (this.#state.done.includes(step)) return
    await work()
    this.change({ done: [...this.#state.done, step] })
  }
}
