import 'reflect-metadata'
import { randomBytes, X509Certificate } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralNames,
} from '@peculiar/x509'
import { certificateThumbprint } from '#lib/control/credential/certificate-thumbprint.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000

export interface IssuedCertificate {
  readonly certPem: string
  readonly keyPem: string
  readonly x509: X509Certificate
  readonly thumbprint: string
  /** As RFC 9440 writes it into a header. */
  readonly header: string
}

interface Wish {
  /** RFC 4514. */
  readonly subject: string
  readonly names?: JsonGeneralNames
  readonly isAuthority?: boolean
  readonly isForServers?: boolean
  readonly notBefore?: Date
  readonly notAfter?: Date
}

/** Issues certificates as an authority of an organisation does. */
export interface TestAuthority {
  readonly own: IssuedCertificate
  issue(wish: Wish): Promise<IssuedCertificate>
  /** An authority that this one vouches for. */
  delegate(subject: string): Promise<TestAuthority>
}

export async function createTestAuthority(subject: string): Promise<TestAuthority> {
  const keys = await generateKeys()
  return toAuthority(await certify({ subject, isAuthority: true }, keys, { subject, keys }), keys, subject)
}

/** One that nobody but its owner signed. */
export async function selfSigned(wish: Wish): Promise<IssuedCertificate> {
  const keys = await generateKeys()
  return certify(wish, keys, { subject: wish.subject, keys })
}

interface Signer {
  readonly subject: string
  readonly keys: CryptoKeyPair
}

function toAuthority(own: IssuedCertificate, keys: CryptoKeyPair, subject: string): TestAuthority {
  const signer = { subject, keys }
  return {
    own,
    issue: async (wish) => certify(wish, await generateKeys(), signer),
    delegate: async (name) => {
      const below = await generateKeys()
      return toAuthority(await certify({ subject: name, isAuthority: true }, below, signer), below, name)
    },
  }
}

const generateKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

async function certify(
  wish: Wish,
  { publicKey, privateKey }: CryptoKeyPair,
  signer: Signer,
): Promise<IssuedCertificate> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString('hex'),
    issuer: signer.subject,
    subject: wish.subject,
    notBefore: wish.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: wish.notAfter ?? new Date(Date.now() + DAY_MS),
    publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: toExtensions(wish),
  })
  const x509 = new X509Certificate(Buffer.from(certificate.rawData))
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
  return {
    x509,
    certPem: x509.toString(),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    thumbprint: certificateThumbprint(x509.raw),
    header: `:${x509.raw.toString('base64')}:`,
  }
}

function toExtensions({ isAuthority = false, isForServers = false, names = [] }: Wish): Extension[] {
  const use = isForServers ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth
  return [
    new BasicConstraintsExtension(isAuthority, undefined, true),
    ...(isAuthority ? [] : [new ExtendedKeyUsageExtension([use])]),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ]
}
