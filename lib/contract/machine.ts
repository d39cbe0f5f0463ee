/**
 * What instances of the middleware exchange with the gateway: configuration polls, inventory and decisions.
 * Authentication is an access token of the service's own identity with scope `stepgate:instance`
 * (audience `stepgate`), from the token endpoint.
 */
import { z } from 'zod'
import {
  CALLER_KINDS,
  CHECKS,
  DEVICE_STANDINGS,
  MODES,
  OBSERVABLES,
  OUTCOMES,
  REASONS,
  SENDER_CONSTRAINTS,
  SIGNALS,
  SNAPSHOT_STATES,
  TOKEN_AGE_EDGES_SECONDS,
} from '../policy/vocabulary.ts'
import { Timestamp, Uuid } from './primitives.ts'

/** `aud` and scope of the token an instance polls and reports with. */
export const MACHINE_AUDIENCE = 'stepgate'
export const MACHINE_SCOPE = 'stepgate:instance'

/** Request headers of every call an instance makes. */
export const MACHINE_HEADERS = {
  /** UUID of the process, made at its start. */
  instance: 'stepgate-instance',
  /** Name of the program that holds the credential, so that one credential in two programs is noticed. */
  workload: 'stepgate-workload',
  /** `<epoch>:<revision>` that the instance applies now: the confirmation. */
  applied: 'stepgate-applied',
  /** Answer of a configuration poll: detached JWS over the exact body bytes; several, comma-separated, while keys rotate. */
  signature: 'stepgate-signature',
} as const

export const REVISION_MAX = 2_147_483_647
/** Of what one item counts. */
export const COUNT_MAX = 1_000_000_000

const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const RevisionNumber = z.int().min(0).max(REVISION_MAX)
const NO_NUL = /^[^\0]*$/
const textUpTo = (lengthMax: number) => z.string().max(lengthMax).regex(NO_NUL, 'must not contain NUL')
const ShortText = textUpTo(200)

export const EndpointRef = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/)
    .describe('HTTP method in upper case.'),
  route: textUpTo(500).startsWith('/').describe('Route template as the framework matched it, `/orders/:orderId`.'),
})

export const InstanceReport = z.strictObject({
  id: Uuid,
  workload: ShortText,
  sdkVersion: ShortText,
  nodeVersion: ShortText,
  framework: ShortText,
  hostname: ShortText,
  startedAt: Timestamp,
  epoch: textUpTo(100).nullable(),
  revision: RevisionNumber.nullable(),
  state: z.enum(SNAPSHOT_STATES),
})

/** `PUT /v1/inventory`: the routes the framework registered. Replaces what this instance said before. */
export const InventoryReport = z.strictObject({
  instance: InstanceReport,
  endpoints: z.array(EndpointRef).max(5_000),
})

export const InventoryReceipt = z.object({
  created: z.int().describe('Routes that were not known before; each is an endpoint with mode off now.'),
  revision: z.int().describe('Revision of the environment after the report.'),
})

const RequirementKeys = z.array(textUpTo(5_000)).max(8).default([])

/** What surrounded the requests besides their token, as far as the instance looked. */
export const ContextReport = z.strictObject({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .default(null)
    .describe('ISO 3166-1 alpha-2; null when unknown.'),
  autonomousSystem: z.int().min(0).max(4_294_967_295).nullable().default(null).describe('RFC 6793; null when unknown.'),
  device: z.enum(DEVICE_STANDINGS).default('none'),
  signals: z.array(z.enum(SIGNALS)).max(SIGNALS.length).default([]).describe('Sorted.'),
  observed: z
    .array(z.enum(OBSERVABLES))
    .max(OBSERVABLES.length)
    .default([])
    .describe('What was looked for: as far as it is not stated, it was not there.'),
  requirementsMet: RequirementKeys.describe(
    'Networks, rates and conditions of the rule that were met: `network <CIDR> …`, `rate <requests>/<seconds>`, `condition <expression>`.',
  ),
  requirementsUnmet: RequirementKeys.describe('Those that were not met.'),
})

/** Facts of a folded decision; identical ones are one item with a count. */
export const SignatureFacts = z.strictObject({
  ...EndpointRef.shape,
  mode: z.enum(MODES),
  outcome: z.enum(OUTCOMES),
  reason: z.enum(REASONS).nullable(),
  tokenProblem: z.enum(REASONS).nullable(),
  callerKind: z.enum(CALLER_KINDS),
  caller: ShortText.nullable().describe('`client_id`, or `user@<issuer name>`; null when anonymous.'),
  callerHint: ShortText.nullable().describe('For anonymous callers: the product of the User-Agent header.'),
  issuer: textUpTo(300).nullable(),
  scopes: z.array(ShortText).max(200).describe('Scopes of the token, sorted.'),
  missingScopes: z.array(ShortText).max(50),
  sender: z.enum(SENDER_CONSTRAINTS),
  context: ContextReport.nullable().default(null).describe('Null where nothing but the token was looked at.'),
  evaluated: z.boolean().describe('False where the mode was off: the request was only counted.'),
})

/** How often the same was decided, and when. */
export const SignatureCounts = z.strictObject({
  revision: RevisionNumber,
  count: z.int().min(1).max(COUNT_MAX),
  firstAt: Timestamp,
  lastAt: Timestamp,
  tokenAges: z
    .array(Count)
    .length(TOKEN_AGE_EDGES_SECONDS.length + 1)
    .nullable()
    .describe('Requests per token-age bucket; null without a readable token.'),
})

/** An item of a batch: a folded decision. */
export const SignatureReport = z.strictObject({ ...SignatureFacts.shape, ...SignatureCounts.shape })

/** One request in full, kept as evidence of a denial or would-be denial. */
export const SampleReport = z.strictObject({
  id: Uuid.describe('Id of the decision, as told to the denied caller.'),
  at: Timestamp,
  signature: z.int().min(0).describe('Index into `signatures` of this batch.'),
  path: textUpTo(500).describe('Path without query; parameters as sent.'),
  address: textUpTo(64).nullable(),
  userAgent: textUpTo(300).nullable(),
  subject: ShortText.nullable(),
  actors: z
    .array(ShortText)
    .max(8)
    .default([])
    .describe('Who acts on the subject’s behalf (`act` of RFC 8693): the first one first, the caller last.'),
  device: ShortText.nullable().default(null).describe('What tells the device apart; null when nothing does.'),
  tokenId: ShortText.nullable().describe('`jti`.'),
  tokenAgeSeconds: z.number().min(-86_400).max(1e9).nullable(),
  checks: z
    .array(
      z.strictObject({
        check: z.enum(CHECKS),
        passed: z.boolean(),
        detail: textUpTo(400),
      }),
    )
    .max(30),
})

/**
 * `POST /v1/decisions`: what was decided in a window. `signatures` and `samples` are parsed item by item: a bad one is
 * refused by name and the others are kept.
 */
export const DecisionBatch = z.strictObject({
  batchId: Uuid,
  instance: InstanceReport,
  window: z.strictObject({ from: Timestamp, to: Timestamp }),
  signatures: z.array(z.unknown()).max(20_000),
  samples: z.array(z.unknown()).max(5_000),
  dropped: z
    .strictObject({
      allowed: Count,
      wouldDeny: Count,
      denied: Count,
      samples: Count,
    })
    .describe('What this instance had to drop since its last batch.'),
  replayed: z.boolean().default(false).describe('True for recorded traffic that is being replayed; shown as such.'),
})

export const DecisionReceipt = z.object({
  batchId: Uuid,
  duplicate: z.boolean(),
  accepted: z.object({
    signatures: z.int(),
    samples: z.int(),
    decisions: Count,
  }),
  refused: z.array(z.object({ pointer: z.string(), detail: z.string() })),
})

export type InstanceReport = z.infer<typeof InstanceReport>
export type InventoryReport = z.infer<typeof InventoryReport>
export type InventoryReceipt = z.infer<typeof InventoryReceipt>
export type ContextReport = z.infer<typeof ContextReport>
export type SignatureFacts = z.infer<typeof SignatureFacts>
export type SignatureCounts = z.infer<typeof SignatureCounts>
export type SignatureReport = z.infer<typeof SignatureReport>
export type SampleReport = z.infer<typeof SampleReport>
export type DecisionBatch = z.infer<typeof DecisionBatch>
export type DecisionReceipt = z.infer<typeof DecisionReceipt>
