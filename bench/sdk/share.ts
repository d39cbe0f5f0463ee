/**
 * What of the CPU of hello-JSON is spent in the middleware itself. Two processes of one program differ by more than it costs, so
 * beside a bare server it can hardly be told; within one process it can. What it makes others do more slowly is not in it.
 */
import { CONNECTIONS, COST_MAX, toRequest, type Framework } from './hello-json.ts'
import { HttpLoad } from './http-load.ts'
import { median } from './measure.ts'
import type { OwnShare } from './own-share.ts'
import { messageOf, startServer, stopServer } from './server-process.ts'
import { startTokenPlane, type TokenPlane } from './token-plane.ts'

const PROCESSES = 7
const WARM_UP_REQUESTS = 40_000
const REQUESTS = 60_000

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

async function measureShare(framework: Framework, { environment, issueTokens }: TokenPlane): Promise<OwnShare> {
  const server = await startServer(framework, 'guarded', 'stepgate', environment)
  const load = await HttpLoad.open(server.port, CONNECTIONS, issueTokens().map(toRequest))
  await load.send(WARM_UP_REQUESTS)
  await messageOf(server, 'profile')
  await load.send(REQUESTS)
  const share = (await messageOf(server, 'profiled')) as OwnShare // what the server answers this with
  load.close()
  await stopServer(server)
  return share
}

function printShares(framework: Framework, shares: readonly OwnShare[]): void {
  const own = shares.map((share) => share.own)
  const [middle, most, goal] = [median(own), Math.max(...own), COST_MAX[framework]]
  if (middle === 0) throw new Error('the middleware was not found in the profile')
  const samples = shares.reduce((sum, share) => sum + share.samples, 0)
  console.log(
    `\n${framework}: the middleware's own part of a request's CPU, ${String(shares.length)} processes, ${String(samples)} samples`,
  )
  console.log(
    `  ${percent(middle)}, from ${percent(Math.min(...own))} to ${percent(most)}   ${most <= goal ? 'within' : 'NOT WITHIN'} ${percent(goal)}`,
  )
}

/** Both frameworks, or the one that is named. */
export async function benchShare(only?: string): Promise<void> {
  const plane = await startTokenPlane()
  for (const framework of ['express', 'fastify'] as const) {
    if (only !== undefined && only !== framework) continue
    const shares: OwnShare[] = []
    while (shares.length < PROCESSES) shares.push(await measureShare(framework, plane))
    printShares(framework, shares)
  }
  await plane.plane.kill()
}
