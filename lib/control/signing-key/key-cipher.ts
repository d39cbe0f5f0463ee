import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { StoreError } from '#lib/store/store-error.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const SECRET_BYTES_MIN = 32
/** Before what is encrypted, since it says which secret it was: this mark, and the id of the secret. */
const MARK = Buffer.from('SGK1')
const ID_BYTES = 8
const HEADER_BYTES = MARK.length + ID_BYTES

/** What an encrypted key belongs to. Bound as additional data, so a key moved to another row does not open. */
export interface KeyContext {
  readonly keyId: string
  readonly purpose: 'token' | 'snapshot'
}

/** The secrets as they are now; they are asked for each time, because a file may change. */
export interface Secrets {
  /** Encrypts. */
  readonly current: string
  /** Only decrypt: the one before, or the one to come. */
  readonly others: readonly string[]
}

/** Encrypts private keys at rest. */
export interface KeyCipher {
  /** Mark, id of the secret, nonce, what is encrypted, tag. */
  encrypt(plain: Uint8Array, context: KeyContext): Uint8Array<ArrayBuffer>
  decrypt(sealed: Uint8Array, context: KeyContext): Buffer
  /** Whether it is encrypted under the present secret. */
  isCurrent(sealed: Uint8Array): boolean
}

export class WrongSecretError extends StoreError {
  constructor() {
    super(
      'STEPGATE_SECRET is not the one the signing keys in this database were encrypted with. Start with the secret used before, or give that one as STEPGATE_SECRET_PREVIOUS.',
    )
  }
}

interface SecretKey {
  readonly id: Buffer
  readonly key: Buffer
}

/** AES-256-GCM under keys derived from the secrets. */
export function createKeyCipher(secrets: string | (() => Secrets)): KeyCipher {
  const read = typeof secrets === 'string' ? () => ({ current: secrets, others: [] }) : secrets
  const derive = rememberKeys()
  derive(read().current)
  return {
    encrypt: (plain, context) => seal(derive(read().current), plain, context),
    decrypt: (sealed, context) => {
      const { current, others } = read()
      return openWithAny([current, ...others].map(derive), sealed, context)
    },
    isCurrent: (sealed) => idOf(sealed)?.equals(derive(read().current).id) ?? false,
  }
}

function rememberKeys(): (secret: string) => SecretKey {
  const known = new Map<string, SecretKey>()
  return (secret) => {
    const found = known.get(secret) ?? deriveKey(secret)
    known.set(secret, found)
    return found
  }
}

function deriveKey(secret: string): SecretKey {
  if (Buffer.byteLength(secret) < SECRET_BYTES_MIN)
    throw new Error(`STEPGATE_SECRET must have at least ${SECRET_BYTES_MIN} bytes.`)
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'stepgate signing keys v1', 32))
  return { key, id: createHash('sha256').update('id of ').update(key).digest().subarray(0, ID_BYTES) }
}

const idOf = (sealed: Uint8Array): Buffer | null =>
  sealed.length > HEADER_BYTES && MARK.equals(sealed.subarray(0, MARK.length))
    ? Buffer.from(sealed.subarray(MARK.length, HEADER_BYTES))
    : null

function seal({ id, key }: SecretKey, plain: Uint8Array, context: KeyContext): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData(context))
  return Uint8Array.from(Buffer.concat([MARK, id, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
}

/** A key of the time before the mark is tried with every secret; it may begin like the mark by accident. */
function openWithAny(keys: readonly SecretKey[], sealed: Uint8Array, context: KeyContext): Buffer {
  const id = idOf(sealed)
  const named = id === null ? undefined : keys.find((candidate) => candidate.id.equals(id))
  const attempts = [
    ...(named === undefined ? [] : [() => open(named.key, sealed.subarray(HEADER_BYTES), context)]),
    ...keys.map(
      ({ key }) =>
        () =>
          open(key, sealed, context),
    ),
  ]
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch {
      // encrypted with another one
    }
  }
  throw new WrongSecretError()
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
