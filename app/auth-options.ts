import type { AuthOptions, User } from 'next-auth'
import type { JWT } from 'next-auth/jwt'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import CredentialsProvider from 'next-auth/providers/credentials'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { ApiProblem } from '#lib/client/api-problem.ts'
import { callGateway } from './gateway.ts'
import { isHttps, sessionCookieName } from './session-cookie.ts'

type SessionIssued = RouteResponse<'signIn'>
interface SignedInUser extends User {
  readonly sessionToken: string
}

const COOKIE_MAX_AGE_SECONDS = 30 * 24 * 60 * 60

const toUser = ({ account, token }: SessionIssued): SignedInUser => ({ id: account.id, sessionToken: token })

/** next-auth hands a message to the sign-in page; the page gets the code and the words of the gateway's refusal. */
function toSignInError(error: unknown): Error {
  if (!(error instanceof ApiProblem))
    return new Error(JSON.stringify({ code: 'internal-error', detail: 'Something went wrong here. Try again.' }))
  return new Error(JSON.stringify({ code: error.code, detail: error.message, fields: error.fields }))
}

const readSessionToken = (token: JWT | undefined): string =>
  typeof token?.['sessionToken'] === 'string' ? token['sessionToken'] : ''

const orRefuse = (session: Promise<SessionIssued>): Promise<SignedInUser> =>
  session.then(toUser, (error: unknown) => {
    throw toSignInError(error)
  })

const password = CredentialsProvider({
  id: 'password',
  name: 'Password',
  credentials: { email: { type: 'email' }, password: { type: 'password' } },
  authorize: (given) =>
    orRefuse(callGateway('signIn', { body: { email: given?.email ?? '', password: given?.password ?? '' } }, {})),
})

const setup = CredentialsProvider({
  id: 'setup',
  name: 'One-time link',
  credentials: { token: {}, email: {}, name: {}, password: { type: 'password' } },
  authorize: (given) => {
    const { token = '', email = '', name = '', password: chosen = '' } = given ?? {}
    return orRefuse(
      callGateway(
        'completeSetup',
        { body: { token, password: chosen, ...(email === '' ? {} : { email }), ...(name === '' ? {} : { name }) } },
        {},
      ),
    )
  },
})

interface OidcProfile {
  readonly sub: string
}

function oidcProviders(): OAuthConfig<OidcProfile>[] {
  const {
    STEPGATE_OIDC_ISSUER: issuer,
    STEPGATE_OIDC_CLIENT_ID: clientId,
    STEPGATE_OIDC_CLIENT_SECRET: clientSecret,
    STEPGATE_OIDC_NAME: name = 'Single sign-on',
  } = process.env
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return []
  return [
    {
      id: 'oidc',
      name,
      type: 'oauth',
      wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      issuer,
      clientId,
      clientSecret,
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      authorization: { params: { scope: 'openid email profile' } },
      profile: ({ sub }) => ({ id: sub }),
    },
  ]
}

export const authOptions = (): AuthOptions => ({
  providers: [password, setup, ...oidcProviders()],
  pages: { signIn: '/sign-in', error: '/sign-in' },
  session: { strategy: 'jwt', maxAge: COOKIE_MAX_AGE_SECONDS },
  useSecureCookies: isHttps(),
  cookies: {
    sessionToken: {
      name: sessionCookieName(),
      options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isHttps() },
    },
  },
  // The cookie holds the gateway's opaque session token and nothing else: the gateway knows who it is, and may forget it.
  jwt: {
    encode: ({ token }) => readSessionToken(token),
    decode: ({ token }) => (token === undefined || token === '' ? null : { sessionToken: token }),
  },
  callbacks: {
    // The ID token is exchanged here because only here a refusal reaches the sign-in page with its words.
    signIn: async ({ account }) => {
      if (account?.type === 'oauth') account['sessionToken'] = await exchangeIdToken(account.id_token)
      return true
    },
    jwt: ({ token, user, account }) => {
      const sessionToken = account?.['sessionToken'] ?? (user as Partial<SignedInUser> | undefined)?.sessionToken // absent on every later call
      return sessionToken === undefined ? token : { sessionToken }
    },
    session: ({ session }) => ({ expires: session.expires }),
  },
  events: {
    signOut: async ({ token }) => {
      await callGateway(
        'signOut',
        {},
        {
          cookie: `${sessionCookieName()}=${readSessionToken(token)}`,
          origin: process.env['STEPGATE_PUBLIC_URL'] ?? '',
          'sec-fetch-site': 'same-origin',
        },
      )
    },
  },
  logger: {
    error: (code) => {
      console.error(`Signing in failed: ${code}`)
    },
  },
})

async function exchangeIdToken(idToken: string | undefined): Promise<string> {
  const { token } = await callGateway('signInWithOidc', { body: { idToken: idToken ?? '' } }, {}).catch(
    (error: unknown) => {
      throw toSignInError(error)
    },
  )
  return token
}
