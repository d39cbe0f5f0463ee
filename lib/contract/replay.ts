/** Drafts of changes, and what they would have changed for the requests that were recorded. */
import { z } from 'zod'
import { MODES, REASONS } from '../policy/vocabulary.ts'
import { TokenLifetimeSeconds } from './catalog.ts'
import { Caller, Percent } from './endpoint.ts'
import { Slug, Timestamp, Uuid } from './primitives.ts'
import { Rule } from './rule.ts'

export const REPLAY_DAYS_MAX = 30
/** Callers and endpoints that are answered; the totals hold all. */
export const REPLAY_ITEMS_MAX = 500
const CHANGES_MAX = 2_000

const GrantDraft = z.strictObject({ clientId: Slug, scopeId: Uuid })
const scopeIds = z.array(Uuid).max(100)

export const ReplayDraft = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('rules').describe('Other rules of endpoints.'),
      rules: z
        .array(z.strictObject({ endpointId: Uuid, rule: Rule.nullable() }))
        .min(1)
        .max(CHANGES_MAX),
    }),
    z.strictObject({
      kind: z
        .literal('grants')
        .describe('Grants taken and given: tokens carry the scopes they had, without and with these.'),
      removed: z.array(GrantDraft).max(CHANGES_MAX).default([]),
      added: z.array(GrantDraft).max(CHANGES_MAX).default([]),
      deletedScopes: scopeIds
        .default([])
        .describe('Scopes that nobody would hold any longer, while rules still ask for them.'),
    }),
    z.strictObject({
      kind: z.literal('lifetimes').describe('Token lifetimes. What is not named stays; null: nobody’s own.'),
      environmentSeconds: TokenLifetimeSeconds.optional(),
      identities: z
        .array(z.strictObject({ clientId: Slug, seconds: TokenLifetimeSeconds.nullable() }))
        .max(CHANGES_MAX)
        .default([]),
      scopes: z
        .array(z.strictObject({ scopeId: Uuid, seconds: TokenLifetimeSeconds.nullable() }))
        .max(CHANGES_MAX)
        .default([]),
    }),
    z.strictObject({
      kind: z.literal('modes').describe('Modes and percents of callers of endpoints.'),
      modes: z
        .array(z.strictObject({ endpointId: Uuid, mode: z.enum(MODES), percent: Percent.default(100) }))
        .min(1)
        .max(CHANGES_MAX),
    }),
  ])
  .describe('A change that is not made.')

export const ReplayRequest = z.strictObject({
  draft: ReplayDraft,
  days: z.int().min(1).max(REPLAY_DAYS_MAX).default(REPLAY_DAYS_MAX).describe('How far back, 1–30.'),
  since: Timestamp.optional().describe(
    'No request from before the hour this time lies in, or the day where it is longer ago than yesterday, whatever `days` says.',
  ),
})

const Counts = {
  requests: z.int(),
  lost: z.int().describe('Requests that were allowed and would not be.'),
  gained: z.int().describe('Requests that were not allowed and would be.'),
  unchanged: z.int(),
  undetermined: z
    .int()
    .describe('Requests of which the record does not tell: a token age beside the limit, or what nobody looked at.'),
}
const ReplayReason = z.object({ reason: z.enum(REASONS), missingScopes: z.array(z.string()), count: z.int() })

export const ReplayItem = z.object({
  caller: Caller,
  endpointId: Uuid,
  serviceSlug: z.string(),
  method: z.string(),
  route: z.string(),
  mode: z.enum(MODES),
  percent: z.int(),
  isEnforced: z
    .boolean()
    .nullable()
    .describe('Whether a denial of this caller is carried out there; null where that differs from person to person.'),
  ...Counts,
  reasons: z.array(ReplayReason).describe('Why requests would be lost, or were denied that would be gained.'),
  example: z
    .object({ at: Timestamp, scopes: z.array(z.string()), sender: z.string(), requests: z.int() })
    .describe('The last recorded requests that would be decided otherwise: alike, and counted together.'),
})

export const Replay = z.object({
  from: Timestamp.describe('Start of the window, to the hour.'),
  to: Timestamp,
  observedFrom: Timestamp.nullable().describe('First request of the window that was looked at; null without one.'),
  signatures: z.int().describe('Distinct facts that were replayed, each with the number of its requests.'),
  unevaluated: z.int().describe('Requests counted while the mode was off: nothing is known of them.'),
  ...Counts,
  lostEnforced: z
    .int()
    .describe('Of `lost`, those that would be refused at once, because a denial is carried out there.'),
  upperBound: z
    .number()
    .nullable()
    .describe('With nothing lost and nothing left open: at most this share of requests is lost, at 95 % confidence.'),
  isConclusive: z
    .boolean()
    .describe(
      'Enough was recorded, for long enough, to say that nothing is lost: at most 1 % at 95 %, and a week watched.',
    ),
  losing: z.int().describe('Callers that would lose something.'),
  gaining: z.int().describe('Callers that would gain something.'),
  withoutToken: z
    .array(z.object({ clientId: z.string(), serviceSlug: z.string() }))
    .describe('Who would hold no scope of a service any longer, and so get no token for it.'),
  items: z
    .array(ReplayItem)
    .max(REPLAY_ITEMS_MAX)
    .describe('Where something would change, those that lose most first.'),
  total: z.int().describe(`How many there are; no more than ${REPLAY_ITEMS_MAX} are answered.`),
})
