import { ControlError } from '../control-error.ts'

const TIMEOUT_MS = 5_000
const BYTES_MAX = 256 * 1024

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

/** Keys decide who is let in: over plain http only from this machine. */
export function requireSecureUrl(url: string, field: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const secure = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname))
  if (parsed === null || !secure || parsed.username !== '' || parsed.password !== '') {
    const detail = 'must be an https URL without a user; http only for this machine'
    throw new ControlError('invalid-value', `/${field}: ${detail}.`, [{ pointer: `/${field}`, detail }])
  }
  return parsed
}

/** A JSON document of an issuer: no redirect, five seconds, 256 KiB. The error says what was wrong, in a sentence. */
export async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Error(`${url.href} cannot be reached: ${describe(error)}.`)
  })
  if (!response.ok) throw new Error(`${url.href} answered ${String(response.status)}.`)
  const text = await readBounded(response, url)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${url.href} did not answer JSON.`)
  }
}

async function readBounded(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BYTES_MAX) throw new Error(`${url.href} answered more than 256 KiB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if (error.name === 'TimeoutError') return 'no answer within 5 seconds'
  return error.cause instanceof Error ? error.cause.message : error.message
}
