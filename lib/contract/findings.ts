/** What recorded decisions advise: shorter lifetimes, fewer rights, endpoints that stand still, credentials that are shared. */
import { z } from 'zod'
import { IDENTITY_KINDS } from '../policy/vocabulary.ts'
import { Caller, CallerEvidence, Readiness } from './endpoint.ts'
import { PageQuery, Slug, Timestamp, Uuid } from './primitives.ts'
import { Rule } from './rule.ts'

export const FINDING_DAYS_MAX = 31
/** Items of a list that is answered whole. */
export const FINDINGS_MAX = 500
const Days = z.coerce.number().int().min(1).max(FINDING_DAYS_MAX)

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item).max(FINDINGS_MAX),
    total: z.int().describe(`How many there are; no more than ${FINDINGS_MAX} are answered.`),
  })

const Bounds = {
  atLeast: z.int(),
  atMost: z.int().describe('The same as `atLeast` where the lifetime lies on an edge of the histogram.'),
}
const AgeSummary = {
  uses: z.int().describe('Uses of valid tokens.'),
  tokenAges: z.array(z.object({ uptoSeconds: z.int().nullable(), count: z.int() })),
  oldestUseSeconds: z
    .int()
    .nullable()
    .describe('No token was older when it was used; null where one was older than a day.'),
  almostAllSeconds: z.int().nullable().describe('99.9 % of use is within this age.'),
  issuedSeconds: z.int().nullable().describe('How long its tokens live now; null where their issuer decides.'),
  shortestSeconds: z
    .int()
    .nullable()
    .describe('The shortest lifetime, on an edge of the histogram, that would have broken nobody recorded.'),
  breaks: z
    .array(z.object({ seconds: z.int(), ...Bounds }))
    .describe('Uses of tokens older than each lifetime asked for.'),
}
export const LifetimeStanding = z
  .enum(['shorten', 'not-enough-evidence', 'fits', 'issuer-decides'])
  .describe('`shorten`: enough is known to say that the shortest lifetime breaks nobody. `fits`: none is shorter.')
export const CallerLifetime = z.object({
  caller: Caller,
  standing: LifetimeStanding,
  gaps: z.array(z.string()).describe('What is not known yet, a sentence each.'),
  isFarLonger: z.boolean().describe('Its tokens live at least four times as long as the oldest was used.'),
  lifetimeReason: z.string().nullable().describe('Why its lifetime is above an hour, as somebody wrote.'),
  replayedUses: z.int().describe('Of the uses, those of recorded traffic that was replayed.'),
  firstAt: Timestamp,
  lastAt: Timestamp,
  ...AgeSummary,
  services: z
    .array(z.object({ serviceSlug: z.string(), ...AgeSummary }))
    .describe('The same for each service it calls.'),
})
export const LifetimeQuery = z.strictObject({
  ...PageQuery.shape,
  days: Days.default(30).describe('How far back, 1–31.'),
  at: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(z.coerce.number().int().min(1).max(604_800)).min(1).max(10),
    )
    .default([300, 600, 900])
    .describe('Lifetimes in seconds to count what they break at.'),
  standing: LifetimeStanding.optional(),
  service: Slug.optional(),
})
export const Lifetimes = z.object({
  items: z.array(CallerLifetime),
  nextCursor: z.string().nullable().describe('Cursor of the next page, null on the last.'),
  total: z.int(),
  days: z.int(),
  environmentSeconds: z.int().describe('Lifetime where an identity has none of its own.'),
  callersSeen: z
    .int()
    .describe('Callers of whom uses were recorded. Where there are none, nothing is known of what breaks.'),
  breaking: z
    .array(
      z.object({
        seconds: z.int(),
        callers: z.int().describe('Callers some of whose uses had an older token.'),
        ...Bounds,
        most: z.array(z.object({ caller: Caller, ...Bounds })).describe('The ten with most uses of an older token.'),
      }),
    )
    .describe('Over all callers, what each lifetime asked for would break.'),
})

const EndpointName = {
  endpointId: Uuid,
  serviceSlug: z.string(),
  team: z.string(),
  method: z.string(),
  route: z.string(),
}
const GrantName = {
  grantId: Uuid,
  clientId: z.string(),
  identityKind: z.enum(IDENTITY_KINDS),
  scopeId: Uuid,
  scope: z.string(),
  serviceSlug: z.string(),
  expiresAt: Timestamp.nullable(),
  note: z.string(),
  createdAt: Timestamp,
}
export const UnusedGrant = z.object({
  ...GrantName,
  opens: z.int().describe('Endpoints whose rule asks for the scope.'),
  watchedDays: z.number().describe('How long its holder could have been seen to need it, within the window.'),
  isConclusive: z.boolean().describe('Watched for the whole window.'),
})
export const NarrowGrant = z.object({
  ...GrantName,
  opens: z.int(),
  usedAt: z.object({ id: Uuid, method: z.string(), route: z.string() }).describe('The one endpoint it was needed at.'),
  lastNeededAt: Timestamp,
})
const Proposal = z.object({
  rule: Rule,
  otherScopes: z.array(z.string()).describe('Scopes that would do as well: every recorded caller carries them too.'),
  requests: z.int().describe('Requests that the present rule allows; the proposed one allows them all.'),
  callers: z.int(),
  isConclusive: z.boolean().describe('Enough requests to exclude, at 95 %, that more than 1 % would be denied.'),
})
export const UnruledEndpoint = z.object({
  ...EndpointName,
  mode: z.enum(['off', 'log-only', 'enforce']),
  requests: z.int().describe('In the last 7 days, those that were only counted included.'),
  proposal: Proposal.nullable(),
})
export const WideRule = z.object({ ...EndpointName, present: Rule, proposal: Proposal })
export const LeastPrivilegeQuery = z.strictObject({ days: Days.default(30), service: Slug.optional() })
export const LeastPrivilege = z.object({
  days: z.int(),
  unusedGrants: listOf(UnusedGrant),
  narrowGrants: listOf(NarrowGrant),
  unruledEndpoints: listOf(UnruledEndpoint),
  wideRules: listOf(WideRule),
})

export const StalledEndpoint = z.object({
  ...EndpointName,
  since: Timestamp.describe('Since when it is in log-only.'),
  days: z.number(),
  readiness: Readiness,
  nextStep: z.object({
    kind: z.enum(['lower', 'fix-callers', 'gather-evidence']),
    details: z.array(z.string()).describe('What to do, a sentence each.'),
    callers: z.array(
      CallerEvidence.pick({ caller: true, requests: true, wouldDeny: true, reasons: true, fixes: true }),
    ),
  }),
})
export const SilentService = z.object({
  serviceSlug: z.string(),
  team: z.string(),
  silence: z.enum(['never-started', 'not-polling', 'no-traffic']),
  endpoints: z.int(),
  liveInstances: z.int(),
  lastSeenAt: Timestamp.nullable(),
  lastDecisionAt: Timestamp.nullable(),
})
export const StalledQuery = z.strictObject({
  days: z.coerce.number().int().min(0).max(365).default(14).describe('Least age in days of an endpoint’s log-only.'),
  service: Slug.optional(),
})
export const Stalled = z.object({
  days: z.int(),
  oldestDays: z
    .number()
    .nullable()
    .describe('Days for which one endpoint has been in log-only, the longest of all; null where none is.'),
  endpoints: listOf(StalledEndpoint),
  services: listOf(SilentService),
})

export const SharedCredential = z.object({
  credentialId: Uuid,
  credentialName: z.string(),
  clientId: z.string(),
  probability: z
    .number()
    .min(0)
    .max(1)
    .describe('That two programs use it side by side: log-odds of the signs added up. A judgement, not a measurement.'),
  signs: z.array(
    z.object({
      kind: z.enum(['names', 'addresses', 'overlap', 'interleaving', 'concurrency']),
      weight: z.number().describe('Natural log-odds it adds; below zero it speaks against sharing.'),
      detail: z.string(),
    }),
  ),
  programs: z
    .array(
      z.object({
        workload: z.string(),
        addresses: z.array(z.string()),
        firstAt: Timestamp,
        lastAt: Timestamp,
        count: z.int(),
      }),
    )
    .describe('Those with most uses, 50 at most.'),
})
export const SharedCredentialQuery = z.strictObject({ clientId: Slug.optional() })
export const SharedCredentials = listOf(SharedCredential)

export const FINDING_KINDS = [
  'lifetimes',
  'unused-grants',
  'narrow-grants',
  'unruled-endpoints',
  'wide-rules',
  'stalled-endpoints',
  'silent-services',
  'shared-credentials',
] as const
export const FindingExportQuery = z.strictObject({
  kind: z.enum(FINDING_KINDS),
  format: z.enum(['csv', 'jsonl']).default('csv'),
  days: z.coerce.number().int().min(0).max(365).optional().describe('As in the list; its default when absent.'),
  service: Slug.optional(),
})
