/** How long after it was added a route is found. */
export const DISCOVERY_DELAY_MS = 50

/** Looks for routes once the present code has registered what it has to; a server that listens has a moment for it. */
export class DiscoveryTimer {
  readonly #discover: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(discover: () => void) {
    this.#discover = discover
  }

  /** However often it is called meanwhile, they are looked for once. */
  soon(): void {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#discover()
    }, DISCOVERY_DELAY_MS)
    this.#timer.unref()
  }
}
