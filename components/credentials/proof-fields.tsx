'use client'
import { useQuery } from '@tanstack/react-query'
import type { UseFormReturn } from 'react-hook-form'
import type { z } from 'zod'
import { issuersQuery } from '#lib/client/issuers.ts'
import { CERTIFICATE_NAME_TYPES, type CredentialCreate } from '#lib/contract/catalog.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { SelectField, TextareaField, TextField } from '../ui/field.tsx'
import { Link } from '../ui/link.tsx'
import type { CredentialVariant } from './credential-variants.ts'

interface FieldProblem {
  readonly message?: string
}
export interface ProofErrors {
  readonly publicKey?: FieldProblem
  readonly certificate?: FieldProblem
  readonly issuer?: FieldProblem
  /** Of the subject itself, or of its parts. */
  readonly subject?: FieldProblem & { readonly value?: FieldProblem }
}

interface ProofFieldsProps {
  readonly variant: CredentialVariant
  readonly form: UseFormReturn<z.input<typeof CredentialCreate>, unknown, z.output<typeof CredentialCreate>>
  readonly errors: ProofErrors
}

const NAME_WORDS: Readonly<Record<(typeof CERTIFICATE_NAME_TYPES)[number], { label: string; example: string }>> = {
  'san-dns': { label: 'DNS name', example: 'orders.shop.internal' },
  'san-uri': { label: 'URI, such as a SPIFFE ID', example: 'spiffe://shop.example/orders' },
  'san-ip': { label: 'IP address', example: '10.0.4.17' },
  'san-email': { label: 'E-mail address', example: 'orders@shop.example' },
  'subject-dn': { label: 'Distinguished name', example: 'CN=orders,O=Shop' },
}

/** What proves the identity, by the variant that was chosen. */
export function ProofFields({ variant, form, errors }: ProofFieldsProps) {
  switch (variant) {
    case 'client-secret':
      return null
    case 'public-key':
      return (
        <PemField
          label="Public key"
          placeholder="-----BEGIN PUBLIC KEY-----"
          hint="SPKI PEM or JWK: EdDSA, ES256 or RS256 with at least 2,048 bits. Keep the private key where the service runs."
          error={errors.publicKey?.message}
          {...form.register('publicKey')}
        />
      )
    case 'certificate':
      return (
        <PemField
          label="Certificate"
          placeholder="-----BEGIN CERTIFICATE-----"
          hint="The client’s own, as PEM; it may be self-signed. When it is renewed, register the next one beside it first."
          error={errors.certificate?.message}
          {...form.register('certificate')}
        />
      )
    case 'certificate-name':
      return <CertificateNameFields form={form} errors={errors} />
    case 'federated-identity':
      return <FederationFields form={form} errors={errors} />
  }
}

const PemField = (props: Omit<React.ComponentProps<typeof TextareaField>, 'rows' | 'className' | 'spellCheck'>) => (
  <TextareaField rows={6} className="font-mono text-xs" spellCheck={false} {...props} />
)

function CertificateNameFields({ form, errors }: Omit<ProofFieldsProps, 'variant'>) {
  const type = form.watch('subject.type') ?? 'san-dns'
  return (
    <>
      <SelectField
        label="Kind of name"
        options={CERTIFICATE_NAME_TYPES.toSorted((a, b) => Number(a === 'subject-dn') - Number(b === 'subject-dn')).map(
          (value) => ({ value, label: NAME_WORDS[value].label }),
        )}
        {...form.register('subject.type')}
      />
      <TextField
        label="Name"
        className="font-mono"
        placeholder={NAME_WORDS[type].example}
        spellCheck={false}
        hint="Exactly as in the certificate, which an authority of STEPGATE_CLIENT_CA must have issued."
        error={errors.subject?.value?.message}
        {...form.register('subject.value')}
      />
    </>
  )
}

function FederationFields({ form, errors }: Omit<ProofFieldsProps, 'variant'>) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const { data } = useQuery(issuersQuery(environment))
  const issuers = data?.items.filter(({ purpose }) => purpose === 'workloads') ?? []
  return (
    <>
      <SelectField
        label="Issuer"
        options={[
          { value: '', label: data === undefined ? 'Loading…' : 'Choose one' },
          ...issuers.map(({ name, issuer }) => ({ value: name, label: `${name} (${issuer})` })),
        ]}
        hint={
          <>
            A cluster, a CI system, a SPIFFE trust domain. Issuers of workloads are added in{' '}
            <Link href={toPath('/settings/issuers')} className="underline underline-offset-2">
              the settings
            </Link>
            .
          </>
        }
        error={errors.issuer?.message}
        {...form.register('issuer')}
      />
      <TextField
        label="Subject"
        className="font-mono"
        placeholder="system:serviceaccount:shop:orders"
        spellCheck={false}
        hint="The claim sub of the workload’s tokens, exactly."
        error={errors.subject?.message}
        {...form.register('subject')}
      />
    </>
  )
}
