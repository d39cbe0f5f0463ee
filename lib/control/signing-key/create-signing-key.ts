import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Prisma } from '#lib/store/generated/client.ts'
import type { KeyPurpose, KeyStatus } from '#lib/store/generated/enums.ts'
import type { KeyCipher } from './key-cipher.ts'

interface NewSigningKey {
  readonly environmentId: string
  readonly purpose: KeyPurpose
  readonly status: KeyStatus
}

export async function createSigningKey(
  tx: Prisma.TransactionClient,
  key: NewSigningKey,
  cipher: KeyCipher,
): Promise<void> {
  const pair = generateKeyPairSync('ed25519')
  const x = String(pair.publicKey.export({ format: 'jwk' }).x)
  const keyId = thumbprint(x)
  const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
  await tx.signingKey.create({
    data: {
      ...key,
      keyId,
      publicJwk: { kid: keyId, kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig' },
      privateKeyEncrypted: cipher.encrypt(privateKey, { keyId, purpose: key.purpose }),
    },
  })
}

/** RFC 7638 of an Ed25519 public key. */
const thumbprint = (x: string): string =>
  createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')
