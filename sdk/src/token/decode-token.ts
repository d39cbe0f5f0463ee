import { decodeAsciiInto, decodeBase64Url } from './base64url.ts'
import { own, parseJsonObject, type JsonObject } from './json-object.ts'

export const TOKEN_LENGTH_MAX = 8_192
const HEADERS_MAX = 256

export interface TokenHeader {
  readonly alg: string
  readonly kid: string | null
  /** Lower case, without `application/`. */
  readonly typ: string | null
}

/** The bytes are good until the next token is decoded. */
export interface DecodedToken {
  readonly header: TokenHeader
  readonly payload: JsonObject
  /** What the signature is made over: the first two parts as sent. */
  readonly signedBytes: Buffer
  readonly signature: Buffer
}

/** One memory for the bytes of all tokens: each is done with before the next comes, and nothing is left to collect. */
class TokenMemory {
  // A character that takes more than a byte shows even at the end of the longest token.
  readonly bytes = Buffer.allocUnsafeSlow(TOKEN_LENGTH_MAX + 4)
  readonly #views = new Array<Buffer | undefined>(TOKEN_LENGTH_MAX + 1).fill(undefined)

  /** The first bytes. Lengths repeat, and making a view takes longer than filling it. */
  first(length: number): Buffer {
    return (this.#views[length] ??= this.bytes.subarray(0, length))
  }
}

const body = Buffer.allocUnsafeSlow(TOKEN_LENGTH_MAX)
const signature = new TokenMemory()
const signed = new TokenMemory()

/** Extensions that must be understood are not: `crit` names one, and `b64: false` changes what is signed. */
const hasExtensions = (header: JsonObject): boolean => Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')

const isOptionalText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'

function readHeader(segment: string): TokenHeader | null {
  const bytes = decodeBase64Url(segment)
  const header = bytes === null ? null : parseJsonObject(bytes)
  if (header === null || hasExtensions(header)) return null
  const [alg, kid, typ] = [own(header, 'alg'), own(header, 'kid'), own(header, 'typ')]
  if (typeof alg !== 'string' || !isOptionalText(kid) || !isOptionalText(typ)) return null
  return { alg, kid: kid ?? null, typ: typ?.toLowerCase().replace(/^application\//, '') ?? null }
}

/** All tokens of one key share their header, so it is read once. Bounded: a flood of headers empties the memory. */
const headers = new Map<string, TokenHeader | null>()
let last: { readonly segment: string; readonly header: TokenHeader | null } = { segment: '', header: null }

/** Comparing with the last one takes less than looking it up. */
function headerOf(segment: string): TokenHeader | null {
  if (segment !== last.segment) last = { segment, header: findHeader(segment) }
  return last.header
}

function findHeader(segment: string): TokenHeader | null {
  const known = headers.get(segment)
  if (known !== undefined) return known
  if (headers.size >= HEADERS_MAX) headers.clear()
  const header = segment.length > 512 ? null : readHeader(segment)
  headers.set(segment, header)
  return header
}

/** Takes a signed token (RFC 7515, compact) apart without believing any of it. Null unless it is well-formed to the last bit. */
export function decodeToken(token: string): DecodedToken | null {
  if (token.length > TOKEN_LENGTH_MAX) return null
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 1 || second < 0 || token.includes('.', second + 1)) return null
  const header = headerOf(token.slice(0, first))
  if (header === null) return null
  // One byte for each character: it is ASCII.
  if (signed.bytes.write(token, 'utf8') !== token.length) return null
  const bodyLength = decodeAsciiInto(body, token.slice(first + 1, second))
  const signatureLength = decodeAsciiInto(signature.bytes, token.slice(second + 1))
  const payload = bodyLength === null ? null : parseJsonObject(body, bodyLength)
  if (payload === null || signatureLength === null) return null
  return {
    header,
    payload,
    signature: signature.first(signatureLength),
    signedBytes: signed.first(second),
  }
}
