import type { z } from 'zod'
import type { ReplayDraft } from '../../contract/replay.ts'
import { scopeKey, type Draft } from '../../evidence/draft.ts'
import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { requireConditions } from '../endpoint/require-conditions.ts'
import { toGate } from '../mode-change/classify-change.ts'
import type { NamedEndpoint } from './load-fleet-endpoints.ts'
import { loadLifetimes } from './load-lifetimes.ts'
import { findWithoutToken, type WithoutToken } from './find-without-token.ts'

type Wanted = z.output<typeof ReplayDraft>
type WantedOf<Kind extends Wanted['kind']> = Extract<Wanted, { kind: Kind }>

/** A draft as it is replayed, and which recorded requests it can change: all of them where a list is null. */
export interface ResolvedDraft {
  readonly draft: Draft
  readonly endpointIds: readonly string[] | null
  readonly callers: readonly string[] | null
  readonly scopes: readonly string[] | null
  readonly withoutToken: readonly WithoutToken[]
}

const EVERYTHING = { endpointIds: null, callers: null, scopes: null, withoutToken: [] } as const

export function resolveDraft(
  database: Tx,
  environmentId: string,
  endpoints: ReadonlyMap<string, NamedEndpoint>,
  wanted: Wanted,
): Promise<ResolvedDraft> | ResolvedDraft {
  switch (wanted.kind) {
    case 'rules':
      return resolveRules(endpoints, wanted)
    case 'modes':
      return resolveModes(endpoints, wanted)
    case 'grants':
      return resolveGrants(database, environmentId, wanted)
    case 'lifetimes':
      return resolveLifetimes(database, environmentId, wanted)
  }
}

function resolveRules(endpoints: ReadonlyMap<string, NamedEndpoint>, { rules }: WantedOf<'rules'>): ResolvedDraft {
  for (const [index, { endpointId, rule }] of rules.entries()) {
    const endpoint = endpoints.get(endpointId)
    if (!endpoint) throw notHere(`/draft/rules/${index}/endpointId`, 'an endpoint of this environment')
    requireConditions(rule, [endpoint.route], `/draft/rules/${index}/rule`)
  }
  const byId = new Map(rules.map(({ endpointId, rule }) => [endpointId, rule]))
  return { ...EVERYTHING, draft: { kind: 'rules', rules: byId }, endpointIds: [...byId.keys()] }
}

function resolveModes(endpoints: ReadonlyMap<string, NamedEndpoint>, { modes }: WantedOf<'modes'>): ResolvedDraft {
  const missing = modes.findIndex(({ endpointId }) => !endpoints.has(endpointId))
  if (missing >= 0) throw notHere(`/draft/modes/${missing}/endpointId`, 'an endpoint of this environment')
  const byId = new Map(modes.map(({ endpointId, mode, percent }) => [endpointId, toGate(mode, percent)]))
  return { ...EVERYTHING, draft: { kind: 'modes', modes: byId }, endpointIds: [...byId.keys()] }
}

async function resolveGrants(db: Tx, environmentId: string, wanted: WantedOf<'grants'>): Promise<ResolvedDraft> {
  const named = [...wanted.removed, ...wanted.added]
  const scopeOf = await loadScopes(db, [...named.map(({ scopeId }) => scopeId), ...wanted.deletedScopes])
  await requireIdentities(
    db,
    named.map(({ clientId }) => clientId),
  )
  const toName = (place: string) => (grant: { clientId: string; scopeId: string }, index: number) => ({
    clientId: grant.clientId,
    ...scopeOf(grant.scopeId, `/draft/${place}/${index}/scopeId`),
  })
  const deleted = wanted.deletedScopes.map((id, index) => ({
    clientId: null,
    ...scopeOf(id, `/draft/deletedScopes/${index}`),
  }))
  const removed = [...wanted.removed.map(toName('removed')), ...deleted]
  const added = wanted.added.map(toName('added'))
  const withoutToken = await findWithoutToken(db, environmentId, removed, added)
  return {
    ...EVERYTHING,
    draft: { kind: 'grants', removed, added, withoutToken: new Set(withoutToken.map(({ key }) => key)) },
    callers: deleted.length === 0 ? [...new Set(named.map(({ clientId }) => clientId))] : null,
    scopes: named.length === 0 && withoutToken.length === 0 ? [...new Set(deleted.map(({ scope }) => scope))] : null,
    withoutToken,
  }
}

async function resolveLifetimes(db: Tx, environmentId: string, wanted: WantedOf<'lifetimes'>): Promise<ResolvedDraft> {
  const { environmentSeconds, identities } = wanted
  const scopeOf = await loadScopes(
    db,
    wanted.scopes.map(({ scopeId }) => scopeId),
  )
  await requireIdentities(
    db,
    identities.map(({ clientId }) => clientId),
  )
  const scopes = wanted.scopes.map(({ scopeId, seconds }, index) => ({
    ...scopeOf(scopeId, `/draft/scopes/${index}/scopeId`),
    seconds,
  }))
  const present = await loadLifetimes(db, environmentId)
  const draft = {
    environmentSeconds: environmentSeconds ?? present.environmentSeconds,
    identities: new Map([
      ...present.identities,
      ...identities.map(({ clientId, seconds }) => [clientId, seconds] as const),
    ]),
    scopes: new Map([
      ...present.scopes,
      ...scopes.map(({ serviceId, scope, seconds }) => [scopeKey(serviceId, scope), seconds] as const),
    ]),
  }
  return {
    ...EVERYTHING,
    draft: { kind: 'lifetimes', present, draft },
    callers:
      environmentSeconds === undefined && scopes.length === 0 ? identities.map(({ clientId }) => clientId) : null,
    scopes:
      environmentSeconds === undefined && identities.length === 0
        ? [...new Set(scopes.map(({ scope }) => scope))]
        : null,
  }
}

interface ScopeOfService {
  readonly serviceId: string
  readonly scope: string
}

async function loadScopes(db: Tx, ids: readonly string[]): Promise<(id: string, pointer: string) => ScopeOfService> {
  const rows = await db.scope.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true, serviceId: true },
  })
  const byId = new Map(rows.map(({ id, name, serviceId }) => [id, { serviceId, scope: name }]))
  return (id, pointer) => {
    const scope = byId.get(id)
    if (!scope) throw notHere(pointer, 'a scope')
    return scope
  }
}

async function requireIdentities(db: Tx, clientIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(clientIds)]
  const rows = await db.identity.findMany({ where: { clientId: { in: wanted } }, select: { clientId: true } })
  const known = new Set(rows.map(({ clientId }) => clientId))
  const missing = wanted.find((clientId) => !known.has(clientId))
  if (missing !== undefined) throw notHere('/draft', `an identity: ${missing}`)
}

function notHere(pointer: string, what: string): ControlError {
  const detail = `does not name ${what}`
  return new ControlError('invalid-value', `${pointer} ${detail}.`, [{ pointer, detail }])
}
