import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const VALID_MS = 10 * 60_000

const Proof = z.strictObject({
  environment: z.string(),
  /** Hash of the changes that were looked at. */
  changes: z.string(),
  /** Hash of what the endpoints were at that time. */
  configuration: z.string(),
  /** Hash of the callers that would have been denied. */
  denied: z.string(),
  ready: z.boolean(),
  windowHours: z.int(),
  expiresAt: z.int(),
})

/** What somebody looked at before a change of modes. */
export type PreviewProof = z.output<typeof Proof>

export const previewExpiry = (now: Date): number => now.getTime() + VALID_MS

/** Names a value in a proof without carrying it. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url')

export function signPreview(key: Buffer, proof: PreviewProof): string {
  const body = Buffer.from(JSON.stringify(proof)).toString('base64url')
  return `${body}.${macOf(key, body)}`
}

/** Null when the token is not ours or has expired. */
export function readPreview(key: Buffer, token: string, now: Date): PreviewProof | null {
  const [body = '', mac = ''] = token.split('.')
  if (!isEqual(mac, macOf(key, body))) return null
  const proof = Proof.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')))
  return proof.expiresAt > now.getTime() ? proof : null
}

const macOf = (key: Buffer, body: string): string => createHmac('sha256', key).update(body).digest('base64url')
const isEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
