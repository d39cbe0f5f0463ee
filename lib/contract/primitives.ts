import { z } from 'zod'
import './issue-words.ts'

/** Lower-case name used in URLs, tokens and configuration. */
export const Slug = z
  .string()
  .trim()
  .min(2)
  .max(63)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'use lower-case letters, digits and single hyphens, starting with a letter')
  .describe('Lower-case name: letters, digits and single hyphens, 2–63 characters, starting with a letter.')

/** Display name: Unicode NFC, no control characters. */
export const DisplayName = z
  .string()
  .transform((value) => value.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'must not be empty')
      .max(120)
      .regex(/^\P{C}*$/u, 'must not contain control characters'),
  )
  .describe('Name for people, 1–120 characters, stored in Unicode form NFC.')

/** Free text for people. */
export const Text = z
  .string()
  .transform((value) => value.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .max(2_000)
      .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'must not contain control characters'),
  )
  .describe('Text for people, at most 2,000 characters.')

export const Reason = Text.pipe(z.string().min(3, 'say why in a few words')).describe(
  'Why, in a few words; kept in the audit log.',
)

export const Uuid = z.uuid().describe('UUID.')
export const Timestamp = z.iso.datetime({ offset: true }).describe('RFC 3339 date and time, UTC in answers.')

export const ScopeName = z
  .string()
  .trim()
  .max(120)
  .regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'write a scope as resource:action, in lower case')
  .describe('Scope as `resource:action`, for example `orders:read`.')

/** Entity version for `If-Match`. */
export const Version = z.int().min(1).describe('Version of this object; send it as `If-Match: "<version>"` on writes.')

export const PageQuery = z.strictObject({
  cursor: z.string().max(500).optional().describe('Opaque cursor of the next page, from `nextCursor`.'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Items on a page, 1–500; default 100.'),
})

/** A page of items; `nextCursor` is null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Cursor of the next page, null on the last.'),
  })

/** Problem details (RFC 9457). `errors` names each refused field by its JSON pointer (RFC 6901). */
export const Problem = z.object({
  type: z.string().describe('Stable identifier of the kind of problem: `urn:stepgate:problem:<code>`.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional().describe('Id of the request, as in the logs.'),
  code: z.string().describe('Stable kebab-case code, see the catalogue of problems.'),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>

export const Empty = z.object({}).strict()
