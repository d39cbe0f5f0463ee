import type { z } from 'zod'
import type {
  FINDING_KINDS,
  NarrowGrant,
  SharedCredential,
  SilentService,
  StalledEndpoint,
  UnruledEndpoint,
  UnusedGrant,
  WideRule,
} from '../../contract/findings.ts'
import type { CallerLifetimeAnswer } from './read-lifetimes.ts'

export type FindingKind = (typeof FINDING_KINDS)[number]
export type FindingRow = Readonly<Record<string, unknown>>

/** What a line of an export holds, in this order; CSV has a column for each. */
interface Rows {
  readonly 'unused-grants': z.input<typeof UnusedGrant>
  readonly 'narrow-grants': z.input<typeof NarrowGrant>
  readonly 'unruled-endpoints': z.input<typeof UnruledEndpoint>
  readonly 'wide-rules': z.input<typeof WideRule>
  readonly 'stalled-endpoints': z.input<typeof StalledEndpoint>
  readonly 'silent-services': z.input<typeof SilentService>
  readonly 'shared-credentials': z.input<typeof SharedCredential>
}
type Columns<Item> = readonly (readonly [name: string, of: (item: Item) => unknown])[]

const member = <Name extends string>(...names: Name[]) =>
  names.map((name) => [name, (item: Readonly<Record<Name, unknown>>) => item[name]] as const)
const endpointName = member('endpointId', 'serviceSlug', 'team', 'method', 'route')
const grantName = member('grantId', 'clientId', 'identityKind', 'scopeId', 'scope', 'serviceSlug', 'createdAt', 'note')

const COLUMNS: { readonly [Kind in keyof Rows]: Columns<Rows[Kind]> } = {
  'unused-grants': [...grantName, ...member('opens', 'watchedDays', 'isConclusive')],
  'narrow-grants': [
    ...grantName,
    ...member('opens', 'lastNeededAt'),
    ['usedAt', ({ usedAt }) => `${usedAt.method} ${usedAt.route}`],
  ],
  'unruled-endpoints': [
    ...endpointName,
    ...member('mode', 'requests'),
    ['proposedRule', ({ proposal }) => proposal?.rule ?? null],
  ],
  'wide-rules': [
    ...endpointName,
    ['presentRule', ({ present }) => present],
    ['proposedRule', ({ proposal }) => proposal.rule],
    ['requests', ({ proposal }) => proposal.requests],
    ['callers', ({ proposal }) => proposal.callers],
    ['isConclusive', ({ proposal }) => proposal.isConclusive],
  ],
  'stalled-endpoints': [
    ...endpointName,
    ...member('since', 'days', 'readiness'),
    ['nextStep', ({ nextStep }) => nextStep.kind],
    ['details', ({ nextStep }) => nextStep.details.join(' ')],
    ['fixes', ({ nextStep }) => nextStep.callers.flatMap(({ fixes }) => fixes.map(({ title }) => title)).join(' ')],
  ],
  'silent-services': member(
    ...(['serviceSlug', 'team', 'silence', 'endpoints', 'liveInstances', 'lastSeenAt', 'lastDecisionAt'] as const),
  ),
  'shared-credentials': [
    ...member('credentialId', 'credentialName', 'clientId', 'probability'),
    ['workloads', ({ programs }) => programs.map(({ workload }) => workload).join(' ')],
    ['addresses', ({ programs }) => [...new Set(programs.flatMap(({ addresses }) => addresses))].join(' ')],
    ['signs', ({ signs }) => signs.map(({ detail }) => detail).join(' ')],
  ],
}

type AgeSummary = CallerLifetimeAnswer['services'][number]
interface LifetimeRow extends AgeSummary {
  readonly of: CallerLifetimeAnswer
}

/** A caller takes a line for each service, with its own standing in all of them. */
const LIFETIME_COLUMNS: Columns<LifetimeRow> = [
  ['callerKind', ({ of }) => of.caller.kind],
  ['caller', ({ of }) => of.caller.name],
  ...member('serviceSlug', 'uses', 'issuedSeconds', 'oldestUseSeconds', 'almostAllSeconds', 'shortestSeconds'),
  ['callerStanding', ({ of }) => of.standing],
  ['callerShortestSeconds', ({ of }) => of.shortestSeconds],
  ['breaks', ({ breaks }) => breaks],
  ['tokenAges', ({ tokenAges }) => tokenAges],
]

const fill = <Item>(columns: Columns<Item>, item: Item): FindingRow =>
  Object.fromEntries(columns.map(([name, of]) => [name, of(item)]))

export const toRow = <Kind extends keyof Rows>(kind: Kind, item: unknown): FindingRow =>
  fill(COLUMNS[kind] as Columns<unknown>, item) // the caller reads the list of the same kind

export const toLifetimeRow = (caller: CallerLifetimeAnswer): FindingRow[] =>
  caller.services.map((service) => fill(LIFETIME_COLUMNS, { ...service, of: caller }))

const namesOf = (columns: readonly (readonly [string, unknown])[]): string[] => columns.map(([name]) => name)

export const FINDING_COLUMNS: Readonly<Record<FindingKind, readonly string[]>> = {
  lifetimes: namesOf(LIFETIME_COLUMNS),
  'unused-grants': namesOf(COLUMNS['unused-grants']),
  'narrow-grants': namesOf(COLUMNS['narrow-grants']),
  'unruled-endpoints': namesOf(COLUMNS['unruled-endpoints']),
  'wide-rules': namesOf(COLUMNS['wide-rules']),
  'stalled-endpoints': namesOf(COLUMNS['stalled-endpoints']),
  'silent-services': namesOf(COLUMNS['silent-services']),
  'shared-credentials': namesOf(COLUMNS['shared-credentials']),
}
