import { createHmac } from 'node:crypto'
import { createOpaqueToken } from '../../opaque-token.ts'

const FORM = /^sgr_[\w-]{43}$/

export const createRefreshToken = (): string => createOpaqueToken('sgr_')

export const isRefreshToken = (text: string): boolean => FORM.test(text)

/**
 * The one token that follows. It is computed, so that whoever lost the answer gets the same one again although none is stored;
 * without the key nobody can tell it from a random one.
 */
export const successorOf = (key: Buffer, token: string): string =>
  `sgr_${createHmac('sha256', key).update(token).digest('base64url')}`
