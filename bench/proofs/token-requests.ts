import { requestToken } from '#server/gateway/testing/gateway-fixture.ts'
import { CALLED, CALLING, type Called, type ProofFleet } from './proof-fleet.ts'

/** Parts of a second are cut off a token’s end, and it spends some time on its way. */
const LAST_MOMENT_MS = 1_500

export interface HeldToken {
  readonly value: string
  readonly audience: Called
  readonly keyId: string
  readonly gotAtMs: number
  readonly usableUntilMs: number
}

export const keyIdOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid // ours carry it

/** A token as a client gets it that keeps to the standard, and knows nothing of the middleware. */
export async function getToken(
  { secrets }: ProofFleet,
  url: string,
  clientId: string,
  audience: Called,
): Promise<HeldToken> {
  const gotAtMs = performance.now()
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secrets[clientId] ?? '' }
  const { status, body } = await requestToken(url, { ...form, resource: audience })
  const { access_token: value, expires_in: seconds } = body
  if (typeof value !== 'string' || typeof seconds !== 'number')
    throw new Error(`no token for ${audience}: ${String(status)} ${JSON.stringify(body)}`)
  return {
    ...{ value, audience, gotAtMs, keyId: keyIdOf(value) },
    usableUntilMs: gotAtMs + seconds * 1_000 - LAST_MOMENT_MS,
  }
}

/** Clients that get a token each second and use each for its whole life. */
export class LongHeldTokens {
  readonly #fleet: ProofFleet
  readonly #urls: readonly string[]
  readonly #timer: NodeJS.Timeout
  #held: HeldToken[] = []
  readonly keyIds = new Set<string>()
  readonly failures: string[] = []

  constructor(fleet: ProofFleet, urls: readonly string[], everyMs: number) {
    this.#fleet = fleet
    this.#urls = urls
    this.#timer = setInterval(() => void this.fetch(), everyMs)
  }

  /** One from each gateway for each audience. */
  async fetch(): Promise<void> {
    const wishes = this.#urls.flatMap((url, index) => CALLED.map((audience) => ({ url, audience, index })))
    await Promise.all(
      wishes.map(({ url, audience, index }) =>
        getToken(this.#fleet, url, CALLING[index % CALLING.length] ?? '', audience).then(
          (token) => {
            this.#held.push(token)
            this.keyIds.add(token.keyId)
          },
          (error: unknown) => this.failures.push(String(error)),
        ),
      ),
    )
  }

  /** Those that are good for this audience now, the oldest first. */
  of(audience: Called): readonly HeldToken[] {
    const nowMs = performance.now()
    this.#held = this.#held.filter(({ usableUntilMs }) => usableUntilMs > nowMs)
    return this.#held.filter((token) => token.audience === audience)
  }

  /** Whether the youngest was signed by another key. */
  isFromBefore({ keyId }: HeldToken): boolean {
    return this.#held.at(-1)?.keyId !== keyId
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
