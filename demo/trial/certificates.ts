import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestAuthority, selfSigned, type IssuedCertificate } from '../../server/gateway/testing/test-authority.ts'

export interface TrialCertificates {
  /** Settings of the gateway. */
  readonly gateway: Readonly<Record<string, string>>
  /** The authority that vouches for the gateway, as a file. */
  readonly authorityFile: string
  /** The service’s own, which it registers. */
  readonly own: IssuedCertificate
  /** Settings of the service. */
  readonly service: Readonly<Record<string, string>>
}

/** What mutual TLS needs: a certificate of the gateway, and one of the service, which nobody but itself signed. */
export async function createTrialCertificates(folder: string, clientId: string): Promise<TrialCertificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const write = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem, { mode: 0o600 })
    return join(folder, name)
  }
  const authority = await createTestAuthority('CN=Shop authority,O=Shop')
  const names = [{ type: 'dns' as const, value: 'localhost' }]
  const gateway = await authority.issue({ subject: 'CN=localhost', isForServers: true, names })
  const own = await selfSigned({ subject: `CN=${clientId}` })
  return {
    gateway: {
      STEPGATE_TLS_CERTIFICATE: write('gateway.crt', gateway.certPem),
      STEPGATE_TLS_KEY: write('gateway.key', gateway.keyPem),
    },
    authorityFile: write('authority.crt', authority.own.certPem),
    own,
    service: {
      STEPGATE_CLIENT_CERT: write(`${clientId}.crt`, own.certPem),
      STEPGATE_CLIENT_KEY: write(`${clientId}.key`, own.keyPem),
    },
  }
}
