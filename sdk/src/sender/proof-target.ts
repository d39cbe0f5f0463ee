import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { isAddressInSomeNetwork, type Network } from '../../../lib/policy/network.ts'
import type { RequestReader } from '../guard/request-reader.ts'

const URL_LENGTH_MAX = 2_048
const UNRESERVED = /[\w.~-]/

/** A sign that begins no escape would become one with what the next escape stands for. */
const STRAY_PERCENT = /%(?![0-9a-f]{2})/i

/** RFC 3986, section 6.2.2: escapes in upper case, and none where none is needed. */
const normalizeEscapes = (path: string): string =>
  path.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })

/**
 * One spelling for the address of a request, without query and fragment (RFC 9449, section 4.3); null for what is not the
 * absolute address of an HTTP resource.
 */
export function normalizeTarget(text: string): string | null {
  if (text.length > URL_LENGTH_MAX || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
  const { protocol, username, password, host, pathname } = new URL(text)
  if (username !== '' || password !== '' || STRAY_PERCENT.test(pathname)) return null
  return `${protocol}//${host}${normalizeEscapes(pathname)}`
}

export interface TargetSettings {
  /** Addresses under which callers know this service, without a slash at the end. */
  readonly publicUrls: readonly string[]
  readonly trustedProxies: readonly Network[]
}

/** What comes from several proxies cannot be told apart from what the caller wrote in front of it. */
const single = (header: string | undefined): string | null =>
  header === undefined || header.includes(',') ? null : header

const isEncrypted = (socket: Socket | undefined): boolean =>
  (socket as Partial<TLSSocket> | undefined)?.encrypted === true // plain sockets lack it

function originOf<Request>(
  request: Request,
  reader: RequestReader<Request>,
  proxies: readonly Network[],
): string | null {
  const socket = reader.socket(request)
  const speaksForOthers = socket?.remoteAddress !== undefined && isAddressInSomeNetwork(socket.remoteAddress, proxies)
  const [forwardedProto, forwardedHost] = speaksForOthers
    ? [reader.header(request, 'x-forwarded-proto'), reader.header(request, 'x-forwarded-host')]
    : []
  const scheme = single(forwardedProto ?? (isEncrypted(socket) ? 'https' : 'http'))
  const host = single(forwardedHost ?? reader.header(request, 'host'))
  // A host that holds anything but a name and a port would move the border between host and path.
  return scheme === null || host === null || /[^\w.:[\]-]/.test(host) ? null : `${scheme}://${host}`
}

/** The path of a request target, which may be a whole address (RFC 9112, section 3.2.2); null for `*` and an authority. */
function pathOf(target: string): string | null {
  if (target.startsWith('/')) return target
  return /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target).pathname : null
}

/**
 * Whether a proof's `htu` is the address of this request: under one of the service's public addresses, or without any under
 * the host that the request itself names, which only compares what the caller sent with what it sent.
 */
export function isTargetOf<Request>(
  htu: string,
  request: Request,
  reader: RequestReader<Request>,
  { publicUrls, trustedProxies }: TargetSettings,
): boolean {
  const stated = normalizeTarget(htu)
  const path = pathOf(reader.path(request))
  if (stated === null || path === null) return false
  const bases = publicUrls.length > 0 ? publicUrls : [originOf(request, reader, trustedProxies)]
  return bases.some((base) => base !== null && normalizeTarget(`${base}${path}`) === stated)
}
