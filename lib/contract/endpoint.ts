import { z } from 'zod'
import { MODES } from '../policy/vocabulary.ts'
import { InstanceCounts, OutcomeCounts } from './catalog.ts'
import { EndpointRef } from './machine.ts'
import { PageQuery, Reason, Slug, Text, Timestamp, Uuid, Version } from './primitives.ts'
import { Rule } from './rule.ts'

export const READINESS = ['ready', 'not-ready', 'not-enough-evidence'] as const
export const Readiness = z.enum(READINESS)

export const Percent = z.int().min(1).max(100).describe('Percent of callers that is enforced, 1–100; stable by caller.')

export const Endpoint = z.object({
  id: Uuid,
  serviceSlug: z.string(),
  serviceName: z.string(),
  method: z.string(),
  route: z.string(),
  description: z.string(),
  source: z.enum(['discovered', 'openapi', 'manual']),
  rule: Rule.nullable(),
  requiredScopes: z.array(z.string()),
  mode: z.enum(MODES),
  percent: z.int(),
  /** Mode as the instances confirm it: `applied` when all live ones do. */
  confirmation: z.object({
    state: z.enum(['applied', 'pending', 'no-instances']),
    ...InstanceCounts.shape,
  }),
  readiness: Readiness,
  last24Hours: OutcomeCounts,
  wouldDenyCallers: z.int().describe('Distinct callers that were or would have been denied in the last 24 hours.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  lastSeenAt: Timestamp.nullable(),
  version: Version,
})

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(item).max(50),
    )
    .optional()

export const EndpointQuery = z.strictObject({
  ...PageQuery.shape,
  limit: z.coerce.number().int().min(1).max(2_500).default(100),
  q: z.string().max(200).optional().describe('Words that method, route or service contain.'),
  service: list(Slug),
  mode: list(z.enum(MODES)),
  readiness: list(Readiness),
  method: list(z.string().max(20)),
  sort: z.enum(['service', 'route', 'mode', 'requests', 'would-deny', 'updated']).default('service'),
  direction: z.enum(['asc', 'desc']).default('asc'),
})

export const EndpointCreate = z.strictObject({
  serviceSlug: Slug,
  ...EndpointRef.shape,
  description: Text.default(''),
  rule: Rule.nullable().default(null),
})
/** The mode is not here: it is changed through mode changes, with evidence. */
export const EndpointUpdate = z.strictObject({
  description: Text.optional(),
  rule: Rule.nullable().optional(),
})
export const EndpointRulesUpdate = z.strictObject({
  endpoints: z
    .array(z.strictObject({ id: Uuid, version: Version }))
    .min(1)
    .max(2_000),
  rule: Rule.nullable(),
})

export const OpenApiImport = z.strictObject({
  document: z.string().min(2).max(2_000_000).describe('OpenAPI 3.0 or 3.1 document, JSON or YAML.'),
  dryRun: z.boolean().default(false).describe('Only answer what would happen.'),
  rulesFromSecurity: z
    .boolean()
    .default(true)
    .describe('Take scopes of OAuth 2 security requirements as rules of new endpoints.'),
})
export const OpenApiImportResult = z.object({
  dryRun: z.boolean(),
  created: z.array(EndpointRef),
  unchanged: z.array(EndpointRef),
  missing: z.array(EndpointRef).describe('Known endpoints that the document does not have; left as they are.'),
  createdScopes: z.array(z.string()),
  notes: z.array(z.string()).describe('What was left out of the import, and why; a sentence each.'),
  revision: z.int().nullable(),
})

export const Caller = z.object({
  key: z.string().describe('Stable within an environment: kind and name.'),
  kind: z.enum(['service', 'integration', 'user', 'anonymous']),
  name: z.string().describe('`client_id`, `user@<issuer>`, or for anonymous callers the product of their User-Agent.'),
})

/** A change that would let the caller through. */
export const Fix = z.object({
  kind: z.enum([
    'grant-scope',
    'request-scope',
    'send-token',
    'lengthen-max-token-age',
    'allow-network',
    'allow-country',
    'accept-device',
    'raise-rate',
    'bind-token',
    'relax-rule',
    'correct-audience',
    'renew-token',
    'enable-identity',
    'trust-issuer',
    'other',
  ]),
  title: z.string().describe('A sentence: what to do.'),
  /** For `grant-scope`. */
  clientId: z.string().nullable(),
  scopeId: Uuid.nullable(),
})

export const CallerEvidence = z.object({
  caller: Caller,
  requests: z.int(),
  allowed: z.int(),
  wouldDeny: z.int().describe('Requests that the rule as given denies.'),
  undetermined: z.int().describe('Requests whose answer the recorded facts leave open.'),
  reasons: z.array(
    z.object({
      reason: z.string(),
      count: z.int(),
      missingScopes: z.array(z.string()),
    }),
  ),
  fixes: z.array(Fix),
  firstAt: Timestamp,
  lastAt: Timestamp,
  lastDeniedAt: Timestamp.nullable().describe('The last request that the rule denies.'),
  bucketPercent: z
    .number()
    .nullable()
    .describe('Enforced from this percent of callers on; null for people and anonymous callers.'),
  workloads: z.array(z.string()),
})

export const IdentityEvidenceQuery = z.strictObject({
  windowHours: z.coerce
    .number()
    .int()
    .min(1)
    .max(720)
    .default(168)
    .describe('Back from now. What begins before yesterday, UTC, begins with its day.'),
})
/** What the present rules make of one identity’s recorded requests, endpoint by endpoint. */
export const IdentityEvidence = z.object({
  clientId: z.string(),
  windowHours: z.int(),
  endpoints: z
    .array(
      z.object({
        endpointId: Uuid,
        serviceSlug: z.string(),
        method: z.string(),
        route: z.string(),
        mode: z.enum(MODES),
        percent: z.int(),
        standing: z
          .enum(['denied', 'would-deny', 'not-known', 'allowed'])
          .describe(
            'Of the worst of its requests. `denied`: carried out for this identity. `would-deny`: not, or not yet. `not-known`: the record leaves it open.',
          ),
        ...CallerEvidence.pick({
          requests: true,
          allowed: true,
          wouldDeny: true,
          undetermined: true,
          reasons: true,
          firstAt: true,
          lastAt: true,
        }).shape,
      }),
    )
    .describe('Those it called where requests are evaluated; of an endpoint that is off it is not known who calls.'),
})

/** Why there is not enough evidence, or why it is not ready. */
export const ReadinessCause = z.object({
  kind: z.enum([
    'callers-denied',
    'no-rule',
    'no-requests',
    'few-requests',
    'window-short',
    'hours-not-covered',
    'weekdays-not-covered',
    'callers-not-seen',
    'not-evaluated',
    'instances-behind',
    'no-instances',
    'decisions-dropped',
    'shared-credential',
    'remedied',
  ]),
  title: z.string().describe('A sentence for people.'),
  blocking: z.boolean(),
})

const WindowHours = z
  .int()
  .min(1)
  .max(720)
  .default(168)
  .describe('Back from now. What begins before yesterday, UTC, begins with its day.')

export const EvidenceRequest = z.strictObject({
  windowHours: WindowHours,
  rule: Rule.nullable()
    .optional()
    .describe('A draft to replay the recorded facts against; the present rule when absent.'),
})

export const EndpointEvidence = z.object({
  endpointId: Uuid,
  readiness: Readiness,
  causes: z.array(ReadinessCause),
  windowHours: z.int(),
  observedFrom: Timestamp.nullable(),
  observedTo: Timestamp.nullable(),
  requests: z.int().describe('Requests whose facts were recorded.'),
  unevaluatedRequests: z.int().describe('Requests counted while the mode was off: nothing is known of them.'),
  replayedRequests: z.int().describe('Of `requests`, those that are recorded traffic replayed.'),
  wouldDeny: z.int(),
  undetermined: z.int(),
  upperBound: z
    .number()
    .nullable()
    .describe('With no would-be denial: at most this share of requests is denied, at 95 % confidence.'),
  hoursCovered: z.array(z.int().min(0).max(23)).describe('Hours of the day (UTC) with traffic.'),
  weekdaysCovered: z.array(z.int().min(1).max(7)).describe('ISO weekdays (UTC) with traffic.'),
  callers: z.array(CallerEvidence),
  remedied: z
    .array(
      z.object({
        caller: Caller,
        scopes: z.array(z.string()),
        requests: z.int(),
        since: Timestamp.describe('When it was granted the last of the scopes.'),
        allowedSince: z.int(),
      }),
    )
    .describe(
      'Denied for want of scopes that were granted since, and allowed with them after the last denial. Counted nowhere else.',
    ),
  callersNotSeen: z.array(Caller).describe('Hold a required scope, or sent before what the window does not hold.'),
  tokenAges: z.array(z.object({ uptoSeconds: z.int().nullable(), count: z.int() })),
  instances: z.object({
    ...InstanceCounts.shape,
    behind: z.array(
      z.object({
        id: Uuid,
        hostname: z.string(),
        revision: z.int().nullable(),
        state: z.string(),
      }),
    ),
  }),
  sharedCredentials: z.array(z.object({ clientId: z.string(), workloads: z.array(z.string()) })),
})

const Change = z.strictObject({
  endpointId: Uuid,
  mode: z.enum(MODES),
  percent: Percent.default(100),
})
export const ModeChangePreviewRequest = z.strictObject({
  changes: z.array(Change).min(1).max(2_000),
  windowHours: WindowHours,
})
export const ModeChangePreview = z.object({
  token: z
    .string()
    .describe(
      'Proof of what was looked at; send it with the change. Valid for ten minutes, while nothing it rests on is published anew.',
    ),
  items: z.array(
    z.object({
      endpointId: Uuid,
      serviceSlug: z.string(),
      method: z.string(),
      route: z.string(),
      from: z.object({ mode: z.enum(MODES), percent: z.int() }),
      to: z.object({ mode: z.enum(MODES), percent: z.int() }),
      evidence: EndpointEvidence,
      deniedCallers: z.array(CallerEvidence).describe('Callers that this change would newly deny, at its percent.'),
    }),
  ),
  totals: z.object({
    endpoints: z.int(),
    ready: z.int(),
    notReady: z.int(),
    notEnoughEvidence: z.int(),
    requests: z.int(),
    wouldDeny: z.int(),
    deniedCallers: z.int(),
  }),
  instances: z.object({
    ...InstanceCounts.shape,
    behind: z.array(
      z.object({
        id: Uuid,
        serviceSlug: z.string(),
        hostname: z.string(),
        revision: z.int().nullable(),
      }),
    ),
  }),
})
export const UndoFromDenials = z.int().min(1).max(1_000_000)
/** Lowering a gate (`enforce`) needs the preview's token. Going back never does, but a reason. */
export const ModeChangeRequest = z.strictObject({
  changes: z.array(Change).min(1).max(2_000),
  previewToken: z.string().max(2_000).optional(),
  acceptDenials: z
    .boolean()
    .default(false)
    .describe('Said aloud: callers will be denied, or there is not enough evidence.'),
  reason: z.union([Reason, z.literal('')]).default(''),
  undoFromDenials: UndoFromDenials.nullable()
    .default(null)
    .describe(
      'Undo lowering by itself, endpoint by endpoint, once a caller was denied so often whom no forecast names; null: never.',
    ),
})
export const ModeChangeResult = z.object({
  revision: z.int(),
  changed: z.int(),
  endpoints: z.array(Endpoint),
})
/** Puts the endpoints of one mode change back to what they were, where nothing changed them since. */
export const ModeChangeUndo = z.strictObject({ revision: z.int().min(1) })

const ModeChangeFacts = z.object({
  id: Uuid,
  at: Timestamp,
  actorName: z.string(),
  revision: z.int(),
  from: z.object({ mode: z.enum(MODES), percent: z.int() }),
  to: z.object({ mode: z.enum(MODES), percent: z.int() }),
  reason: z.string(),
  undoFromDenials: z
    .int()
    .nullable()
    .describe('Denials of one caller whom no forecast names at which it undoes itself; null: never.'),
  isAutomatic: z.boolean().describe('Undone by the control plane itself.'),
})

export const ModeChangeMarkQuery = z.strictObject({
  ...PageQuery.shape,
  from: Timestamp.optional().describe('Start, inclusive; default 24 hours before the end.'),
  to: Timestamp.optional().describe('End, exclusive; default now.'),
  service: Slug.optional(),
  endpoint: Uuid.optional(),
})
/** One change of one endpoint's mode, as charts mark it. */
export const ModeChangeMark = z.object({
  ...ModeChangeFacts.shape,
  endpointId: Uuid,
  serviceSlug: z.string(),
  method: z.string(),
  route: z.string(),
})

export const ModeChange = z.object({
  ...ModeChangeFacts.shape,
  forecast: z
    .object({
      requests: z.int(),
      wouldDeny: z.int(),
      windowHours: z.int(),
      callers: z.array(z.object({ caller: Caller, requests: z.int().describe('All it sent.'), wouldDeny: z.int() })),
    })
    .nullable(),
  /** Denials since, while this change is the last one. */
  actual: z
    .object({
      requests: z.int(),
      denied: z.int(),
      unforeseen: z.array(z.object({ caller: Caller, denied: z.int() })),
    })
    .nullable(),
})
