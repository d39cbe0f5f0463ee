import { z } from 'zod'
import {
  CALLER_KINDS,
  CHECKS,
  DEVICE_STANDINGS,
  MODES,
  OBSERVABLES,
  OUTCOMES,
  REASONS,
  SIGNALS,
} from '../policy/vocabulary.ts'
import { InstanceCounts, ModeCounts, OutcomeCounts } from './catalog.ts'
import { Caller } from './endpoint.ts'
import { PageQuery, Slug, Timestamp, Uuid } from './primitives.ts'

export const DecisionFilter = z.object({
  from: Timestamp.optional().describe('Start, inclusive; default 24 hours ago.'),
  to: Timestamp.optional().describe('End, exclusive; default now.'),
  service: Slug.optional(),
  endpoint: Uuid.optional(),
  caller: z.string().max(250).optional().describe('Key of a caller.'),
  outcome: z.enum(OUTCOMES).optional(),
  reason: z.enum(REASONS).optional(),
  mode: z.enum(MODES).optional().describe('Mode the decisions were made in.'),
})

export const SERIES_BY = ['outcome', 'reason', 'service', 'endpoint', 'caller'] as const
export const SeriesBy = z.enum(SERIES_BY)
export const TOP_BY = ['caller', 'endpoint', 'reason', 'service'] as const
export const SeriesQuery = z.strictObject({
  ...DecisionFilter.shape,
  by: SeriesBy.default('outcome'),
})
export const GapKind = z
  .enum(['silent', 'before-recording'])
  .describe(
    '`silent`: no instance of the services in question was heard of. `before-recording`: none had been heard of before, as far back as reports are kept.',
  )
/** A stretch of buckets of which nothing is known. Everywhere else a count of zero means that there was nothing to decide. */
export const Gap = z.object({ from: Timestamp, to: Timestamp, kind: GapKind })
/** Counts per bucket, aligned: `series[i].counts[k]` belongs to `buckets[k]`. */
export const Series = z.object({
  bucketSeconds: z.int(),
  buckets: z
    .array(Timestamp)
    .describe('Starts, oldest first. The first may lie before `countedFrom`, and the last may end after `countedTo`.'),
  countedFrom: Timestamp,
  countedTo: Timestamp,
  isOpen: z.boolean().describe('The last bucket is not over yet.'),
  series: z.array(z.object({ key: z.string(), label: z.string(), counts: z.array(z.int()) })),
  gaps: z.array(Gap).describe('Oldest first.'),
})

export const TopQuery = z.strictObject({
  ...DecisionFilter.shape,
  by: z.enum(TOP_BY),
  limit: z.coerce.number().int().min(1).max(100).default(10),
})
export const Top = z.object({
  items: z.array(z.object({ key: z.string(), label: z.string(), ...OutcomeCounts.shape })),
})

export const SampleQuery = z.strictObject({
  ...PageQuery.shape,
  ...DecisionFilter.shape,
})
export const Sample = z.object({
  id: Uuid,
  at: Timestamp,
  serviceSlug: z.string(),
  endpointId: Uuid.nullable(),
  method: z.string(),
  route: z.string(),
  path: z.string(),
  mode: z.enum(MODES),
  outcome: z.enum(OUTCOMES),
  reason: z.enum(REASONS).nullable(),
  caller: Caller,
  callerKind: z.enum(CALLER_KINDS),
  missingScopes: z.array(z.string()),
  replayed: z.boolean(),
})
/** What an export of decisions holds: single ones, counts over time, or those denied most. */
export const EXPORT_TABLES = ['samples', 'series', 'top'] as const
export const DecisionExportQuery = z.strictObject({
  ...DecisionFilter.shape,
  table: z.enum(EXPORT_TABLES).default('samples'),
  by: z.enum(SERIES_BY).optional().describe('Of a series, default `outcome`; of the top, default `caller`.'),
  format: z.enum(['csv', 'jsonl']).default('jsonl'),
})
/** What surrounded a request besides its token. */
export const SampleContext = z.object({
  country: z.string().nullable().describe('ISO 3166-1 alpha-2; null when unknown.'),
  autonomousSystem: z.int().nullable().describe('RFC 6793; null when unknown.'),
  device: z.enum(DEVICE_STANDINGS).describe('Whether the device was accepted for the caller at the time.'),
  signals: z.array(z.enum(SIGNALS)),
  observed: z.array(z.enum(OBSERVABLES)).describe('What was looked for.'),
  requirementsMet: z.array(z.string()).describe('Networks, rates and conditions of the rule that were met.'),
  requirementsUnmet: z.array(z.string()).describe('Those that were not met.'),
})
export const SampleDetail = z.object({
  ...Sample.shape,
  issuer: z.string().nullable(),
  scopes: z.array(z.string()),
  subject: z.string().nullable(),
  actors: z
    .array(z.string())
    .describe(
      'Services through which the request came on the subject’s behalf: the first one first, the caller last. Empty for a token of the caller’s own.',
    ),
  tokenId: z.string().nullable(),
  tokenAgeSeconds: z.number().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  device: z.string().nullable().describe('What tells the device apart; null when nothing does.'),
  context: SampleContext.nullable().describe('Null where nothing but the token was looked at.'),
  revision: z.int(),
  instanceId: Uuid,
  checks: z.array(
    z.object({
      check: z.enum(CHECKS),
      passed: z.boolean(),
      detail: z.string(),
    }),
  ),
})

export const AttentionItem = z.object({
  kind: z.enum([
    'would-break',
    'anonymous-caller',
    'requires-nothing',
    'no-rule',
    'long-lived-token',
    'shared-credential',
    'unused-scope',
    'instances-behind',
    'silent-service',
    'unforeseen-denial',
    'undone-by-itself',
    'credential-expiring',
    'issuer-failing',
    'token-reused',
    'client-refused',
    'secret-leaked',
    'new-network',
    'ready-to-enforce',
  ]),
  severity: z.enum(['critical', 'warning', 'notice']),
  title: z.string(),
  detail: z.string(),
  path: z.string().describe('Where to look, in the console, without the environment.'),
  count: z.int(),
})

export const Overview = z.object({
  environment: z.string(),
  revision: z.int(),
  publishedAt: Timestamp.nullable(),
  endpoints: ModeCounts,
  readiness: z.object({
    ready: z.int(),
    'not-ready': z.int(),
    'not-enough-evidence': z.int(),
  }),
  services: z.int(),
  identities: z.int(),
  instances: InstanceCounts,
  last24Hours: OutcomeCounts,
  previous24Hours: OutcomeCounts,
  deniedCallers24Hours: z.int().describe('Callers that were denied, or would have been.'),
  attention: z.array(AttentionItem),
})
