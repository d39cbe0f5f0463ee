import { randomBytes } from 'node:crypto'

/** `ord-4f1c2a9b7d`: short enough to read out on the telephone. */
export const recordId = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`
