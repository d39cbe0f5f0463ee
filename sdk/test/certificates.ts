/** Certificates made by hand (RFC 5280 in DER), so that tests need neither files nor a tool. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 0xff]), content])
}
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)
const objectId = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))
const octets = (content: Buffer): Buffer => tagged(0x04, content)
const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content)
const utcTime = (date: Date): Buffer =>
  tagged(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`))

const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'))
const YEAR_MS = 365 * 86_400_000

const nameOf = (commonName: string): Buffer =>
  sequence(tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from(commonName)))))

/** May sign itself, and is good for localhost. */
const EXTENSIONS = tagged(
  0xa3,
  sequence(
    sequence(
      objectId('551d13'),
      tagged(0x01, Buffer.from([0xff])),
      octets(sequence(tagged(0x01, Buffer.from([0xff])))),
    ),
    sequence(
      objectId('551d11'),
      octets(sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))),
    ),
  ),
)

export interface TestCertificate {
  readonly certPem: string
  readonly keyPem: string
  readonly der: Buffer
  /** SHA-256 in base64url, as `cnf["x5t#S256"]` has it. */
  readonly thumbprint: string
}

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

function makeDer(
  commonName: string,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
): Buffer {
  const now = Date.now()
  const name = nameOf(commonName)
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(new Date(now - 3_600_000)), utcTime(new Date(now + YEAR_MS))),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    EXTENSIONS,
  )
  return sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, privateKey)))
}

/** A self-signed certificate for a server on localhost or for a client. */
export function makeCertificate(commonName: string): TestCertificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = makeDer(commonName, pair)
  return {
    der,
    certPem: toPem(der),
    keyPem: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  }
}
