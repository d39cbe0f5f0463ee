import { toCaller } from '#lib/evidence/caller.ts'
import { peopleCaller } from '#lib/policy/people-caller.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { Caller } from '../../sdk/src/token/caller.ts'
import type { Principal } from '../../sdk/src/token/token-claims.ts'
import type { Fleet, Job } from './make-fleet.ts'
import { timesOf } from './rhythms.ts'

/** One request, as the instance that gets it sees it. */
export interface Request {
  readonly atMs: number
  readonly job: Job
  readonly caller: Caller
  /** As the evidence names the caller. */
  readonly callerKey: string
  /** What makes its requests alike for a rule, but for the age of a token. */
  readonly behaviour: string
  /** Place among the instances of the service. */
  readonly instance: number
  readonly ageSeconds: number | null
}

const EXPIRED_SINCE_SECONDS = 300

/** All requests of a fleet, in order. */
export const makeTraffic = (fleet: Fleet, random: SeededRandom): Request[] =>
  fleet.jobs.flatMap((job) => requestsOf(job, fleet, random)).toSorted((a, b) => a.atMs - b.atMs)

function requestsOf(job: Job, fleet: Fleet, random: SeededRandom): Request[] {
  const tokens = new Map<number, Caller>()
  const anonymous = new Caller('', { problem: job.problem, token: null }, job.caller === '' ? null : job.caller)
  const times = timesOf(job.rhythm, Math.max(job.fromMs, fleet.startMs), Math.min(job.toMs, fleet.endMs), random)
  return times.map((time): Request => {
    const atMs = Math.floor(time)
    const instance = random.below(job.endpoint.service.instances.length)
    const caller = job.kind === 'anonymous' ? anonymous : tokenAt(job, atMs, random.below(job.holders), tokens)
    const ageSeconds = caller.issuedAtSeconds === null ? null : atMs / 1_000 - caller.issuedAtSeconds
    return { atMs, job, caller, instance, ageSeconds, ...describe(job, caller) }
  })
}

const described = new WeakMap<Caller, Pick<Request, 'callerKey' | 'behaviour'>>()

/** Once for each token. */
function describe({ address }: Job, caller: Caller): Pick<Request, 'callerKey' | 'behaviour'> {
  const known = described.get(caller)
  if (known !== undefined) return known
  const { facts, callerHint } = caller
  const { key } = toCaller(facts.callerKind, facts.caller, callerHint)
  const behaviour = [key, facts.tokenProblem, facts.scopes.join(' '), facts.sender, address].join(' | ')
  described.set(caller, { callerKey: key, behaviour })
  return { callerKey: key, behaviour }
}

/** A holder keeps its token until it ends, and asks for the next one when it needs it. */
function tokenAt(job: Job, atMs: number, holder: number, tokens: Map<number, Caller>): Caller {
  const known = tokens.get(holder)
  if (known !== undefined && atMs / 1_000 - (known.issuedAtSeconds ?? 0) < job.lifetimeSeconds) return known
  const token = issueToken(job, atMs, holder)
  tokens.set(holder, token)
  return token
}

function issueToken(job: Job, atMs: number, holder: number): Caller {
  const spent = job.problem === 'token-expired' ? job.lifetimeSeconds + EXPIRED_SINCE_SECONDS : 0
  const issuedAtSeconds = Math.floor(atMs / 1_000) - spent
  const scopes = job.repaired !== null && atMs >= job.repaired.atMs ? job.repaired.scopes : job.scopes
  const claims = {
    ...{ issuer: issuerOf(job), subject: `${job.caller} ${String(holder)}`, audience: job.endpoint.service.slug },
    ...{ issuedAtSeconds, validFromSeconds: 0, expiresAtSeconds: Number.MAX_SAFE_INTEGER, tokenId: null, actors: [] },
  }
  const token = { claims, issuer: claims.issuer, principal: principalOf(job, holder), scopes, binding: null }
  return new Caller('', { problem: job.problem, token, sender: job.sender }, null)
}

const issuerOf = ({ kind, caller }: Job): string =>
  kind === 'user' ? `https://${caller}.example` : 'https://stepgate.example/e/production'

function principalOf(job: Job, holder: number): Principal {
  const { kind, caller } = job
  return kind === 'user'
    ? {
        ...{ callerKind: kind, caller: peopleCaller(caller), clientId: null },
        callerKey: `${issuerOf(job)} ${String(holder)}`,
      }
    : { ...{ callerKind: kind, caller, clientId: caller }, callerKey: caller }
}
