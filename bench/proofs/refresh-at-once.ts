import { requestToken, type TokenAnswer } from '#server/gateway/testing/gateway-fixture.ts'
import { Violations, type Findings } from '../../sdk/test/faults/findings.ts'
import type { GatewayPair, MortalGatewayPair } from './gateway-pair.ts'
import { nextAddress } from './next-address.ts'
import { CALLED, PARTNER, type ProofFleet } from './proof-fleet.ts'
import { until } from './until.ts'

export interface Refreshes {
  readonly pair: GatewayPair
  readonly fleet: ProofFleet
  readonly rounds: number
  readonly parallel: number
}

const BEGIN_ATTEMPTS_MAX = 40
const BEGIN_PAUSE_MS = 250

/** Refresh tokens of the partner, over HTTP. */
class Sessions {
  readonly #secret: string

  constructor({ secrets }: ProofFleet) {
    this.#secret = secrets[PARTNER] ?? ''
  }

  /** A gateway that has just started may not know the environment yet. */
  async begin(url: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const { status, body } = await this.#ask(url, {
        grant_type: 'client_credentials',
        resource: CALLED[0],
        scope: `${CALLED[0]}:read offline_access`,
      })
      if (typeof body['refresh_token'] === 'string') return body['refresh_token']
      if (status !== 503 || attempt === BEGIN_ATTEMPTS_MAX) throw new Error(`no session: ${JSON.stringify(body)}`)
      await new Promise((resolve) => setTimeout(resolve, BEGIN_PAUSE_MS))
    }
  }

  refresh(url: string, token: string): Promise<TokenAnswer> {
    return this.#ask(url, { grant_type: 'refresh_token', refresh_token: token })
  }

  #ask(url: string, form: Record<string, string>): Promise<TokenAnswer> {
    return requestToken(url, { client_id: PARTNER, client_secret: this.#secret, ...form }, nextAddress())
  }
}

const successorsOf = (answers: readonly TokenAnswer[]): ReadonlySet<unknown> =>
  new Set(answers.map(({ status, body }) => (status === 200 ? body['refresh_token'] : `status ${String(status)}`)))

const isOver = ({ status, body }: TokenAnswer): boolean => status === 400 && body['error'] === 'invalid_grant'

/**
 * One refresh token sent to both gateways many times at once: all answers are lost but one, and all say the same successor. Then the
 * successor is used, the first token comes again, and the session is over at both.
 */
export async function refreshAtOnce({ pair, fleet, rounds, parallel }: Refreshes): Promise<Findings> {
  const violations = new Violations()
  const sessions = new Sessions(fleet)
  const [first, second] = pair.urls
  let [oneSuccessor, ended] = [0, 0]
  for (let round = 1; round <= rounds; round++) {
    const token = await sessions.begin(first)
    const answers = await Promise.all(
      Array.from({ length: parallel }, (_, index) => sessions.refresh(index % 2 === 0 ? first : second, token)),
    )
    const successors = successorsOf(answers)
    const [successor = ''] = [...successors].map(String)
    if (successors.size === 1 && !successor.startsWith('status')) oneSuccessor++
    else violations.add(`round ${String(round)}: ${[...successors].join(', ')}`)
    if (await endsByReuse(sessions, pair, token, successor)) ended++
    else violations.add(`round ${String(round)}: the session went on after a reuse`)
  }
  return {
    figures: {
      rounds: rounds,
      'refreshes in parallel': parallel,
      'with exactly one successor': oneSuccessor,
      'ended by the reuse, at both': ended,
    },
    violations: violations.list(),
  }
}

async function endsByReuse(
  sessions: Sessions,
  { urls: [first, second] }: GatewayPair,
  token: string,
  successor: string,
): Promise<boolean> {
  const next = await sessions.refresh(first, successor)
  const reuse = await sessions.refresh(second, token)
  const newest = String(next.body['refresh_token'])
  const after = await Promise.all([first, second].map((url) => sessions.refresh(url, newest)))
  return next.status === 200 && [reuse, ...after].every(isOver)
}

export interface KilledRefreshes {
  readonly pair: MortalGatewayPair
  readonly fleet: ProofFleet
  readonly rounds: number
  readonly parallel: number
}

/**
 * The second gateway is killed while it answers refreshes of one token; the first answers the same token then. Whatever the killed
 * one had done or told, there is one successor, and a reuse ends the session.
 */
export async function refreshThroughKills({ pair, fleet, rounds, parallel }: KilledRefreshes): Promise<Findings> {
  const violations = new Violations()
  const sessions = new Sessions(fleet)
  const [first, second] = pair.urls
  let [oneSuccessor, ended, lost, told] = [0, 0, 0, 0]
  for (let round = 1; round <= rounds; round++) {
    const token = await sessions.begin(first)
    const beforeEnd = Array.from({ length: parallel }, () => sessions.refresh(second, token).catch(() => null))
    // Killed with the first answer, or before there is any: each round in its own way.
    if (round % 2 === 0) await Promise.race(beforeEnd)
    else await until(() => isUsed(pair, token), 1)
    await pair.killSecond()
    const answers = (await Promise.all(beforeEnd)).filter((answer) => answer !== null)
    lost += parallel - answers.length
    told += answers.length
    const replay = await sessions.refresh(first, token)
    const successors = successorsOf([...answers, replay])
    if (successors.size === 1 && replay.status === 200) oneSuccessor++
    else violations.add(`round ${String(round)}: ${[...successors].join(', ')}`)
    await pair.startSecond()
    if (await endsByReuse(sessions, pair, token, String(replay.body['refresh_token']))) ended++
    else violations.add(`round ${String(round)}: the session went on after a reuse`)
  }
  violations.require(lost > 0, 'no answer was lost')
  return {
    figures: {
      'rounds with a gateway killed': rounds,
      'answers lost': lost,
      'answers told before': told,
      'with exactly one successor': oneSuccessor,
      'ended by the reuse, at both': ended,
    },
    violations: violations.list(),
  }
}

async function isUsed({ database }: GatewayPair, token: string): Promise<boolean> {
  const { rows } = await database.pool.query<{ used: boolean }>(
    `SELECT used_at IS NOT NULL AS used FROM refresh_token WHERE digest = sha256($1::bytea)`,
    [Buffer.from(token)],
  )
  return rows[0]?.used === true
}
