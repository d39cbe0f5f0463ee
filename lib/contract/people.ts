import { z } from 'zod'
import { DisplayName, Timestamp, Uuid, Version } from './primitives.ts'

export const Role = z
  .enum(['viewer', 'operator', 'administrator'])
  .describe(
    'viewer reads; operator changes what services may do; administrator also manages people, environments, issuers and keys.',
  )

export const Email = z
  .string()
  .transform((value) => value.normalize('NFC').trim().toLowerCase())
  .pipe(z.email().max(254))
export const Password = z.string().min(12, 'use at least 12 characters').max(200).describe('12–200 characters.')

export const Account = z.object({
  id: Uuid,
  email: z.string(),
  name: z.string(),
  role: Role,
  signIn: z.enum(['password', 'oidc', 'invited']),
  disabled: z.boolean(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp.nullable(),
  version: Version,
})
export const AccountCreate = z.strictObject({
  email: Email,
  name: DisplayName,
  role: Role,
})
/** The link is shown once; it lets the person choose a password. */
export const AccountInvitation = z.object({
  account: Account,
  setupUrl: z.string().describe('One-time link, valid for 72 hours; the token is in the fragment.'),
})
export const AccountUpdate = z.strictObject({
  name: DisplayName.optional(),
  role: Role.optional(),
  disabled: z.boolean().optional(),
})

export const SignIn = z.strictObject({
  email: Email,
  password: z.string().max(200),
})
export const OidcSignIn = z.strictObject({
  idToken: z.string().max(20_000),
  nonce: z.string().max(200).optional(),
})
export const SessionIssued = z.object({
  token: z.string().describe('Opaque session token; shown once.'),
  expiresAt: Timestamp,
  account: Account,
})
export const CurrentSession = z.object({
  account: Account,
  role: Role,
  via: z.enum(['session', 'api-token']),
  sessionId: Uuid.nullable(),
  expiresAt: Timestamp.nullable(),
})
export const Session = z.object({
  id: Uuid,
  accountId: Uuid,
  userAgent: z.string(),
  address: z.string(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
  current: z.boolean(),
})

export const SetupState = z.object({
  needed: z.boolean(),
  oidc: z.object({ name: z.string() }).nullable(),
})
export const Setup = z.strictObject({
  token: z.string().min(20).max(200),
  email: Email.optional(),
  name: DisplayName.optional(),
  password: Password,
})
export const PasswordChange = z.strictObject({
  currentPassword: z.string().max(200),
  newPassword: Password,
})

export const ApiToken = z.object({
  id: Uuid,
  name: z.string(),
  role: Role,
  hint: z.string().describe('Last four characters.'),
  accountId: Uuid,
  accountName: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
})
export const ApiTokenCreate = z.strictObject({
  name: DisplayName,
  role: Role,
  expiresInDays: z.int().min(1).max(365).default(90),
})
export const ApiTokenIssued = z.object({
  apiToken: ApiToken,
  token: z.string().describe('Shown once: `sgp_…`.'),
})
