/** What the token endpoints did, and the sessions that refresh tokens carry on. */
import { z } from 'zod'
import { CREDENTIAL_KINDS } from '../policy/vocabulary.ts'
import { Slug, Timestamp, Uuid } from './primitives.ts'

export const TOKEN_EVENTS = ['issued', 'refused', 'reused', 'replayed', 'revoked', 'new-network'] as const
export const TokenEvent = z
  .enum(TOKEN_EVENTS)
  .describe(
    '`issued`: an access token. `refused`: a request of the client. `reused`: a refresh token that was used before. `replayed`: an assertion or a DPoP proof that was used before. `revoked`: a token its holder gave back. `new-network`: a credential was used from a network for the first time.',
  )

export const TokenActivityQuery = z.strictObject({
  from: Timestamp.optional().describe('Start, inclusive; default 24 hours ago. Counts are by the hour.'),
  to: Timestamp.optional().describe('End, exclusive; default now.'),
  clientId: Slug.optional(),
})
export const TokenActivity = z.object({
  hours: z.array(Timestamp).describe('Starts of the hours; `counts[k]` of a series belongs to `hours[k]`.'),
  series: z.array(z.object({ event: TokenEvent, counts: z.array(z.int()) })),
  items: z
    .array(
      z.object({
        clientId: z.string(),
        event: TokenEvent,
        detail: z.string().describe('Grant type of what was issued, error of what was refused, network that is new.'),
        audience: z.string(),
        credentialKind: z.enum(CREDENTIAL_KINDS).nullable(),
        count: z.int(),
        lifetimeSecondsMax: z.int().nullable().describe('Longest that was issued.'),
        firstAt: Timestamp,
        lastAt: Timestamp,
      }),
    )
    .describe('The same by client, event and audience; newest first, at most 200.'),
})

/** A session: the refresh tokens that descend from one answer. */
export const TokenSession = z.object({
  id: Uuid,
  clientId: z.string(),
  audience: z.string(),
  scopes: z.array(z.string()),
  subject: z.string().nullable().describe('The person on whose behalf it was begun; null for the identity’s own.'),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
  endsAt: Timestamp,
  state: z.enum(['live', 'ended', 'reused', 'revoked']),
})
