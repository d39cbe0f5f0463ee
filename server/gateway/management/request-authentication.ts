import type { FastifyRequest } from 'fastify'
import { requireRole } from '#lib/control/actor.ts'
import type { ControlContext } from '#lib/control/context.ts'
import { ControlError } from '#lib/control/control-error.ts'
import { authenticateApiToken, authenticateSession, type Authentication } from '#lib/control/session/authenticate.ts'
import type { Access } from '#lib/contract/routes.ts'

const API_TOKEN_PREFIX = 'sgp_'
/** A token has 47 characters; nothing longer is worth hashing. */
const TOKEN_LENGTH_MAX = 200

/** On https the prefix keeps other hosts of the domain from planting a session. */
export const sessionCookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-stepgate_session' : 'stepgate_session'

/** Who sends the request; null on routes for anyone. Throws when nobody, or nobody of the role that is needed. */
export async function authenticateRequest(
  ctx: ControlContext,
  request: FastifyRequest,
  access: Access,
): Promise<Authentication | null> {
  if (access === 'anyone') return null
  const authentication = await authenticate(ctx, request)
  requireRole(authentication.actor, access)
  return authentication
}

function authenticate(ctx: ControlContext, request: FastifyRequest): Promise<Authentication> {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) return authenticateBearer(ctx, authorization, request.id)
  const token = readCookie(cookie, sessionCookieName(ctx.publicUrl))
  if (token === undefined) throw new ControlError('unauthenticated', 'Sign in, or send an API token.')
  if (isWrite(request)) requireSameOrigin(request, ctx.publicUrl)
  return authenticateSession(ctx, token, request.id)
}

function authenticateBearer(ctx: ControlContext, authorization: string, requestId: string): Promise<Authentication> {
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1]
  if (token === undefined || token.length > TOKEN_LENGTH_MAX)
    throw new ControlError('unauthenticated', 'The Authorization header is not "Bearer <token>".')
  return token.startsWith(API_TOKEN_PREFIX)
    ? authenticateApiToken(ctx, token, requestId)
    : authenticateSession(ctx, token, requestId)
}

export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = header?.split(';').find((pair) => pair.trim().startsWith(`${name}=`))
  const value = found?.trim().slice(name.length + 1)
  return value === undefined || value === '' || value.length > TOKEN_LENGTH_MAX ? undefined : value
}

const isWrite = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD'

/** A browser sends cookies along with requests that other sites make it send; it does not let them choose these headers. */
function requireSameOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  const { origin, host, 'sec-fetch-site': site } = headers
  const isSameSite = site === undefined || site === 'same-origin'
  const isSameOrigin = origin === undefined ? site !== undefined : isOwnOrigin(origin, host, publicUrl)
  if (!isSameSite || !isSameOrigin)
    throw new ControlError('cross-site', 'The request carries a session cookie, but does not come from this origin.')
}

function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  const { host: originHost, origin: normal } = new URL(origin)
  return normal === new URL(publicUrl).origin || originHost === host
}
