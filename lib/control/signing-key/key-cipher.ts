import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { StoreError } from '#lib/store/store-error.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const SECRET_BYTES_MIN = 32

/** What an encrypted key belongs to. Bound as additional data, so a key moved to another row does not open. */
export interface KeyContext {
  readonly keyId: string
  readonly purpose: 'token' | 'snapshot'
}

/** Encrypts private keys at rest. */
export interface KeyCipher {
  /** Nonce first, tag last. */
  encrypt(plain: Uint8Array, context: KeyContext): Uint8Array<ArrayBuffer>
  decrypt(sealed: Uint8Array, context: KeyContext): Buffer
}

export class WrongSecretError extends StoreError {
  constructor() {
    super(
      'STEPGATE_SECRET is not the one the signing keys in this database were encrypted with. Start with the secret used before.',
    )
  }
}

/** AES-256-GCM under a key derived from STEPGATE_SECRET. */
export function createKeyCipher(secret: string): KeyCipher {
  if (Buffer.byteLength(secret) < SECRET_BYTES_MIN)
    throw new Error(`STEPGATE_SECRET must have at least ${SECRET_BYTES_MIN} bytes.`)
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'stepgate signing keys v1', 32))
  return {
    encrypt(plain, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData(context))
      return Uint8Array.from(Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
    },
    decrypt(sealed, context) {
      try {
        return open(key, sealed, context)
      } catch {
        throw new WrongSecretError()
      }
    },
  }
}

function open(key: Buffer, sealed: Uint8Array, context: KeyContext): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const tag = sealed.subarray(sealed.length - TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(additionalData(context))
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()])
}

const additionalData = ({ keyId, purpose }: KeyContext): Buffer => Buffer.from(`${purpose}:${keyId}`)
