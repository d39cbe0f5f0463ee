import { z } from 'zod'
import { REQUIREMENT_KINDS } from '../policy/rule.ts'
import { SENDER_CONSTRAINTS, SIGNALS } from '../policy/vocabulary.ts'
import { ScopeName } from './primitives.ts'

const sender = z.enum(SENDER_CONSTRAINTS).exclude(['none'])
const unique = (values: readonly (string | number)[]) => new Set(values).size === values.length

export const Requirement = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scopes'),
    allOf: z
      .array(ScopeName)
      .min(1)
      .max(20)
      .refine(unique, 'names a scope twice')
      .describe('Scopes of this service that the token must all carry.'),
  }),
  z.strictObject({
    kind: z.literal('max-token-age'),
    seconds: z.int().min(30).max(86_400).describe('Seconds since the token was issued, 30–86,400.'),
  }),
  z.strictObject({
    kind: z.literal('sender-constraint'),
    anyOf: z
      .array(sender)
      .min(1)
      .max(2)
      .refine(unique, 'names a constraint twice')
      .describe('Ways of binding a token to its sender that are accepted (RFC 8705, RFC 9449).'),
  }),
  z.strictObject({
    kind: z.literal('network'),
    cidrs: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .min(1)
      .max(100)
      .describe('Networks the caller may come from, in CIDR notation.'),
  }),
  z.strictObject({
    kind: z.literal('autonomous-system'),
    anyOf: z
      .array(z.int().min(0).max(4_294_967_295))
      .min(1)
      .max(100)
      .refine(unique, 'names a system twice')
      .describe('Numbers of the autonomous systems the caller may come from (RFC 6793).'),
  }),
  z.strictObject({
    kind: z.literal('country'),
    anyOf: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters'))
      .min(1)
      .max(249)
      .refine(unique, 'names a country twice')
      .describe('Countries the caller may come from (ISO 3166-1 alpha-2).'),
  }),
  z.strictObject({ kind: z.literal('known-device').describe('The caller uses a device that was accepted for it.') }),
  z.strictObject({
    kind: z.literal('rate'),
    requestsMax: z.int().min(1).max(1_000_000).describe('Requests of one caller to this endpoint in the window.'),
    windowSeconds: z
      .int()
      .min(1)
      .max(3_600)
      .describe('Sliding window, 1–3,600 s. Each instance counts what it receives itself.'),
  }),
  z.strictObject({
    kind: z.literal('signals'),
    noneOf: z
      .array(z.enum(SIGNALS))
      .min(1)
      .max(SIGNALS.length)
      .refine(unique, 'names a signal twice')
      .describe('Signals that deny a request.'),
  }),
  z.strictObject({
    kind: z.literal('condition'),
    expression: z
      .string()
      .trim()
      .min(1)
      .max(1_000)
      .describe(
        'In the Common Expression Language, true or false, over `params` (parameters of the route, strings) and `token` (claims): `params.userId == token.sub`. One that fails denies.',
      ),
  }),
])

/** At most one requirement of a kind. */
export const Rule = z
  .strictObject({
    access: z
      .enum(['token', 'public'])
      .describe('`token`: a valid token for this service is needed. `public`: anyone may call.'),
    requirements: z.array(Requirement).max(REQUIREMENT_KINDS.length),
  })
  .refine((rule) => unique(rule.requirements.map(({ kind }) => kind)), {
    path: ['requirements'],
    message: 'has two requirements of one kind',
  })
  .refine((rule) => rule.access === 'token' || rule.requirements.length === 0, {
    path: ['requirements'],
    message: 'must be empty for public access',
  })
  .describe('What an endpoint requires of a request.')
export type Rule = z.infer<typeof Rule>
