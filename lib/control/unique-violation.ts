import { Prisma } from '#lib/store/generated/client.ts'
import { ControlError } from './control-error.ts'

interface UniqueName {
  readonly pointer: string
  readonly detail: string
}

const name = (what: string): UniqueName => ({
  pointer: '/name',
  detail: `is the name of another ${what}, apart from case and Unicode form`,
})

/** What a request gets wrong when it breaks a unique index. */
const UNIQUE_NAMES: Record<string, UniqueName> = {
  environment_slug_key: { pointer: '/slug', detail: 'belongs to another environment' },
  environment_name_folded_key: name('environment'),
  service_slug_key: { pointer: '/slug', detail: 'belongs to another service' },
  service_name_folded_key: name('service'),
  identity_client_id_key: { pointer: '/clientId', detail: 'belongs to another identity' },
  identity_name_folded_key: name('identity'),
  scope_service_id_name_key: { pointer: '/name', detail: 'is another scope of this service' },
  grant_identity_id_scope_id_environment_id_key: { pointer: '/scopeId', detail: 'is granted to this identity already' },
  endpoint_environment_id_service_id_method_route_key: {
    pointer: '/route',
    detail: 'is an endpoint of this service already',
  },
  issuer_environment_id_name_key: { pointer: '/name', detail: 'belongs to another issuer' },
  issuer_environment_id_issuer_key: { pointer: '/issuer', detail: 'is trusted already' },
  credential_environment_id_key_id_key: { pointer: '/publicKey', detail: 'is registered in this environment already' },
  credential_certificate_thumbprint_key: {
    pointer: '/certificate',
    detail: 'is registered in this environment already',
  },
  credential_certificate_name_key: {
    pointer: '/subject/value',
    detail: 'is registered in this environment already',
  },
  credential_federated_subject_key: { pointer: '/subject', detail: 'stands for an identity already' },
  account_email_key: { pointer: '/email', detail: 'belongs to another account' },
  account_email_folded_key: { pointer: '/email', detail: 'belongs to another account' },
}

/** A broken unique index as `already-exists` that names the field; anything else as it is. */
export function toAlreadyExists(error: unknown): unknown {
  const index = uniqueIndexOf(error)
  const broken = index === undefined ? undefined : UNIQUE_NAMES[index]
  if (!broken) return error
  return new ControlError('already-exists', `${broken.pointer.slice(1)} ${broken.detail}.`, [broken])
}

interface AdapterError {
  readonly cause?: { readonly originalMessage?: string }
}

/** Postgres names the index in quotes; Prisma's own `fields` are empty for an index on an expression. */
function uniqueIndexOf(error: unknown): string | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined
  if (error.code !== 'P2002' && error.code !== 'P2010') return undefined
  const { cause } = (error.meta?.['driverAdapterError'] ?? {}) as AdapterError // shape of @prisma/adapter-pg
  return /unique constraint "(\w+)"/.exec(cause?.originalMessage ?? '')?.[1]
}
