import { inviteAccount, reinviteAccount } from '#lib/control/account/invite-account.ts'
import { getAccount, listAccounts } from '#lib/control/account/list-accounts.ts'
import { updateAccount } from '#lib/control/account/update-account.ts'
import { createApiToken } from '#lib/control/api-token/create-api-token.ts'
import { listApiTokens } from '#lib/control/api-token/list-api-tokens.ts'
import { revokeApiToken } from '#lib/control/api-token/revoke-api-token.ts'
import { changePassword } from '#lib/control/session/change-password.ts'
import { getCurrentSession, listSessions } from '#lib/control/session/list-sessions.ts'
import { revokeSession, signOut } from '#lib/control/session/revoke-session.ts'
import { signIn } from '#lib/control/session/sign-in.ts'
import { signInWithOidc } from '#lib/control/session/sign-in-with-oidc.ts'
import { completeSetup } from '#lib/control/setup/complete-setup.ts'
import { getSetupState } from '#lib/control/setup/get-setup-state.ts'
import type { Implementations } from '../implementation.ts'

export const peopleRoutes = {
  getSetupState: ({ ctx }) => getSetupState(ctx),
  completeSetup: ({ ctx, client, body }) => completeSetup(ctx, client, body),
  signIn: ({ ctx, client, body }) => signIn(ctx, client, body),
  signInWithOidc: ({ ctx, client, body }) => signInWithOidc(ctx, client, body),
  getCurrentSession: ({ ctx, authentication }) => getCurrentSession(ctx, authentication),
  signOut: ({ ctx, authentication }) => signOut(ctx, authentication),
  listSessions: ({ ctx, authentication }) => listSessions(ctx, authentication),
  revokeSession: ({ ctx, actor, params }) => revokeSession(ctx, actor, params.id),
  changePassword: ({ ctx, authentication, client, body }) => changePassword(ctx, authentication, client, body),
  listAccounts: ({ ctx, actor, query }) => listAccounts(ctx, actor, query),
  inviteAccount: ({ ctx, actor, body }) => inviteAccount(ctx, actor, body),
  getAccount: ({ ctx, actor, params }) => getAccount(ctx, actor, params.id),
  updateAccount: ({ ctx, actor, params, version, body }) => updateAccount(ctx, actor, params.id, version, body),
  reinviteAccount: ({ ctx, actor, params }) => reinviteAccount(ctx, actor, params.id),
  listApiTokens: ({ ctx, actor, query }) => listApiTokens(ctx, actor, query),
  createApiToken: ({ ctx, actor, body }) => createApiToken(ctx, actor, body),
  revokeApiToken: ({ ctx, actor, params }) => revokeApiToken(ctx, actor, params.id),
} as const satisfies Partial<Implementations>
