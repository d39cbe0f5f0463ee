import { NextResponse, type NextRequest } from 'next/server'
import { toContentSecurityPolicy } from './app/content-security-policy.ts'
import { sessionCookieName } from './app/session-cookie.ts'

const NONCE_BYTES = 16

const toNonce = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(NONCE_BYTES))))

/** Gives each page its own nonce. The redirect is a courtesy: the gateway alone decides what a session may do. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  const needsSession = pathname === '/' || pathname.startsWith('/e/')
  if (needsSession && !request.cookies.has(sessionCookieName())) {
    const url = new URL('/sign-in', request.url)
    if (pathname !== '/') url.searchParams.set('return', `${pathname}${search}`)
    return NextResponse.redirect(url)
  }
  const nonce = toNonce()
  const policy = toContentSecurityPolicy(nonce, process.env.NODE_ENV === 'development')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('x-path', `${pathname}${search}`)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = { matcher: ['/((?!_next/static|_next/image|icon.svg|favicon.ico).*)'] }
