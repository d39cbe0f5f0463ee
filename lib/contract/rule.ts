import { z } from 'zod'
import { SENDER_CONSTRAINTS } from '../policy/vocabulary.ts'
import { ScopeName } from './primitives.ts'

const sender = z.enum(SENDER_CONSTRAINTS).exclude(['none'])
const unique = (values: readonly string[]) => new Set(values).size === values.length

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
])

/** At most one requirement of a kind. */
export const Rule = z
  .strictObject({
    access: z
      .enum(['token', 'public'])
      .describe('`token`: a valid token for this service is needed. `public`: anyone may call.'),
    requirements: z.array(Requirement).max(8),
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
