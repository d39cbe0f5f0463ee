import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { ControlError } from '#lib/control/control-error.ts'
import type { ReadClientAddress } from '../http/client-address.ts'
import { writeProblem } from '../http/write-problem.ts'
import { findApplied } from './instance-headers.ts'
import type { InstanceRegister } from './instance-register.ts'
import type { CachedSnapshot, SnapshotCache } from './snapshot-cache.ts'
import type { MachineCaller, VerifyMachineToken } from './verify-machine-token.ts'
import type { Waiter, WaitingRoom } from './waiting-room.ts'

const WAIT_SECONDS_MAX = 30
/** Longer than gateways need to hear of each other’s publications. */
const BEHIND_SECONDS_MAX = 3

export interface ConfigPollOptions {
  readonly verifyToken: VerifyMachineToken
  readonly snapshots: SnapshotCache
  readonly waitingRoom: WaitingRoom<Waiter>
  readonly instances: InstanceRegister
  readonly readAddress: ReadClientAddress
  readonly commonHeaders: Readonly<Record<string, string>>
  readonly logger: Logger
}

/**
 * `GET /v1/config`, in front of the framework: thousands of instances ask it for ever, and nearly always the answer is
 * "nothing new", from memory.
 */
export function createConfigPoll(options: ConfigPollOptions): RequestListener {
  const refuse = (response: ServerResponse, thrown: unknown): void => {
    const error = writeProblem(response, thrown, randomUUID(), options.commonHeaders)
    if (error.status >= 500 && error.code !== 'unavailable')
      options.logger.error({ err: thrown, route: '/v1/config' }, 'the request failed')
  }
  return (request, response) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new ControlError('method-not-allowed')
      const caller = options.verifyToken(request.headers.authorization)
      options.instances.polled(caller, request.headers, () => options.readAddress(request))
      const snapshot = options.snapshots.find(caller)
      if (snapshot !== undefined) return answerOrHold(options, caller, snapshot, request, response)
      void options.snapshots.load(caller).then(
        (loaded) => answerOrHold(options, caller, loaded, request, response),
        (error: unknown) => refuse(response, error),
      )
    } catch (error) {
      refuse(response, error)
    }
  }
}

function answerOrHold(
  options: ConfigPollOptions,
  caller: MachineCaller,
  snapshot: CachedSnapshot,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (isBehind(snapshot, request)) return waitForNewer(options, caller, snapshot, request, response)
  if (!matchesEtag(request.headers['if-none-match'], snapshot.etag)) return writeSnapshot(request, response, snapshot)
  const seconds = readWaitSeconds(request.headers['prefer'])
  if (seconds === 0) return void response.writeHead(304, snapshot.headersNotModified as string[]).end()
  hold(options, caller, snapshot, seconds, request, response)
}

/** Another gateway has told the instance what this one has not heard of yet. */
function isBehind({ epoch, revision }: CachedSnapshot, { headers }: IncomingMessage): boolean {
  const applied = findApplied(headers)
  return applied?.epoch === epoch && applied.revision > revision
}

/** An older snapshot would look like a rollback to the instance, and is one if nothing newer is heard of in time. */
function waitForNewer(
  { waitingRoom, snapshots }: ConfigPollOptions,
  caller: MachineCaller,
  known: CachedSnapshot,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const waiter: Waiter = { answer: () => writeSnapshot(request, response, snapshots.find(caller) ?? known) }
  response.once('close', () => waitingRoom.leave(known.key, waiter))
  waitingRoom.hold(known.key, waiter, BEHIND_SECONDS_MAX)
}

function hold(
  { waitingRoom, snapshots }: ConfigPollOptions,
  caller: MachineCaller,
  held: CachedSnapshot,
  seconds: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const applied = ['preference-applied', `wait=${seconds}`]
  const waiter: Waiter = {
    answer: () => {
      const snapshot = snapshots.find(caller) ?? held
      if (snapshot.etag !== held.etag) return writeSnapshot(request, response, snapshot, applied)
      response.writeHead(304, [...snapshot.headersNotModified, ...applied]).end()
    },
  }
  response.once('close', () => waitingRoom.leave(held.key, waiter))
  waitingRoom.hold(held.key, waiter, seconds)
}

function writeSnapshot(
  request: IncomingMessage,
  response: ServerResponse,
  snapshot: CachedSnapshot,
  extraHeaders: readonly string[] = [],
): void {
  const gzip = acceptsGzip(request.headers['accept-encoding'])
  response.writeHead(200, [...(gzip ? snapshot.headersGzip : snapshot.headers), ...extraHeaders])
  response.end(request.method === 'HEAD' ? undefined : gzip ? snapshot.bodyGzip : snapshot.body)
}

/** RFC 9110, section 13.1.2: weak comparison, so that a proxy that weakened the tag on its way does not cost a body. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}

/** `Prefer: wait=25` (RFC 7240). A preference that cannot be read is none. */
export function readWaitSeconds(prefer: string | string[] | undefined): number {
  if (prefer === undefined) return 0
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?(?=$|[,;\s])/i.exec(String(prefer)) ?? []
  return Math.min(Number(seconds ?? 0), WAIT_SECONDS_MAX)
}

function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return (
    acceptEncoding !== undefined && /(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?(?:$|[,\s]))/i.test(String(acceptEncoding))
  )
}
