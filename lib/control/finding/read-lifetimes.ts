import type { z } from 'zod'
import type { CallerLifetime, LifetimeQuery, Lifetimes } from '../../contract/findings.ts'
import { toCaller } from '../../evidence/caller.ts'
import { issuedLifetime, judgeLifetime, wastedSeconds } from '../../evidence/judge-lifetime.ts'
import {
  addTokenAges,
  ageThatCovers,
  countUses,
  oldestUse,
  shortestLifetime,
  usesOlderThan,
  type TokenAgeCounts,
} from '../../evidence/token-age-counts.ts'
import { TOKEN_AGE_EDGES_SECONDS } from '../../policy/vocabulary.ts'
import type { TokenUses } from '#lib/store/decisions/read-token-uses.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { cutPage } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { loadLifetimeSettings, type LifetimeSettings } from './load-lifetime-settings.ts'
import { loadTokenUses } from './load-token-uses.ts'

type Query = z.output<typeof LifetimeQuery>
export type CallerLifetimeAnswer = z.input<typeof CallerLifetime>

const ALMOST_ALL = 0.999
const CALLERS_MAX = 10

/** Lifetimes that are longer than anybody needs, the longest first, and whom shorter ones would break. */
export async function readLifetimes(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: Query,
): Promise<z.input<typeof Lifetimes>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const [uses, settings] = await Promise.all([
    loadTokenUses(ctx.pool, environmentId, query.days),
    loadLifetimeSettings(ctx, environmentId),
  ])
  const callers = toCallers(uses, settings, query)
  const matching = callers.filter(({ standing }) => query.standing === undefined || standing === query.standing)
  return {
    ...cutPage('lifetimes', matching, query, ({ caller }) => caller.key),
    total: matching.length,
    days: query.days,
    environmentSeconds: settings.environmentSeconds,
    callersSeen: callers.length,
    breaking: query.at.map((seconds) => sumBreaks(callers, seconds)),
  }
}

function toCallers(uses: readonly TokenUses[], settings: LifetimeSettings, query: Query): CallerLifetimeAnswer[] {
  const now = new Date()
  const asked = uses.filter(({ serviceSlug }) => query.service === undefined || serviceSlug === query.service)
  const byCaller = Map.groupBy(asked, ({ callerKind, caller }) => toCaller(callerKind, caller, null).key)
  return [...byCaller.values()]
    .filter(([first]) => first !== undefined && (first.callerKind === 'user' || settings.identities.has(first.caller)))
    .map((own) => judgeCaller(own, settings, query.at, now))
    .toSorted((a, b) => b.wasted - a.wasted || b.answer.uses - a.answer.uses)
    .map(({ answer }) => answer)
}

function judgeCaller(own: readonly TokenUses[], settings: LifetimeSettings, at: readonly number[], now: Date) {
  const [first] = own as readonly [TokenUses, ...TokenUses[]] // groupBy makes no empty group
  const services = [...Map.groupBy(own, ({ serviceSlug }) => serviceSlug)].map(([serviceSlug, there]) => ({
    serviceSlug,
    ...summarise(addTokenAges(there.map(({ ages }) => ages)), issuedFor(serviceSlug, there, settings), at),
  }))
  const ages = addTokenAges(own.map((use) => use.ages))
  const issued = services.map(({ issuedSeconds }) => issuedSeconds).filter((seconds) => seconds !== null)
  const issuedSeconds = issued.length === 0 ? null : Math.max(...issued)
  const firstAt = new Date(Math.min(...own.map((use) => use.firstAt.getTime())))
  const judgement = judgeLifetime({ issuedSeconds, ages, firstAt, now })
  const answer: CallerLifetimeAnswer = {
    caller: toCaller(first.callerKind, first.caller, null),
    standing: judgement.standing,
    gaps: [...judgement.gaps],
    isFarLonger: judgement.isFarLonger,
    lifetimeReason: settings.identities.get(first.caller)?.reason ?? null,
    replayedUses: own.reduce((sum, { replayed }) => sum + replayed, 0),
    firstAt: firstAt.toISOString(),
    lastAt: new Date(Math.max(...own.map((use) => use.lastAt.getTime()))).toISOString(),
    ...summarise(ages, issuedSeconds, at),
    services: services.toSorted((a, b) => b.uses - a.uses),
  }
  return { answer, wasted: wastedSeconds(issuedSeconds, judgement) }
}

function issuedFor(serviceSlug: string, uses: readonly TokenUses[], settings: LifetimeSettings): number | null {
  const [first] = uses
  if (first === undefined || first.callerKind === 'user') return null
  const own = settings.identities.get(first.caller)?.seconds ?? settings.environmentSeconds
  return issuedLifetime(
    own,
    uses.map(({ scopes }) => scopes),
    settings.scopes.get(serviceSlug) ?? new Map(),
  )
}

const summarise = (ages: TokenAgeCounts, issuedSeconds: number | null, at: readonly number[]) => ({
  uses: countUses(ages),
  tokenAges: ages.map((count, bucket) => ({ uptoSeconds: TOKEN_AGE_EDGES_SECONDS[bucket] ?? null, count })),
  oldestUseSeconds: oldestUse(ages),
  almostAllSeconds: ageThatCovers(ages, ALMOST_ALL),
  issuedSeconds,
  shortestSeconds: shortestLifetime(ages),
  breaks: at.map((seconds) => ({ seconds, ...usesOlderThan(ages, seconds) })),
})

function sumBreaks(callers: readonly CallerLifetimeAnswer[], seconds: number) {
  const broken = callers
    .flatMap(({ caller, breaks }) =>
      breaks
        .filter((at) => at.seconds === seconds && at.atMost > 0)
        .slice(0, 1)
        .map(({ atLeast, atMost }) => ({ caller, atLeast, atMost })),
    )
    .toSorted((a, b) => b.atMost - a.atMost)
  return {
    seconds,
    callers: broken.length,
    atLeast: broken.reduce((sum, { atLeast }) => sum + atLeast, 0),
    atMost: broken.reduce((sum, { atMost }) => sum + atMost, 0),
    most: broken.slice(0, CALLERS_MAX),
  }
}
