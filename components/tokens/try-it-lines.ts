import type { CredentialKind } from '#lib/policy/vocabulary.ts'

export interface TryIt {
  /** Base of the gateway. */
  readonly url: string
  readonly clientId: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly credentialKind: CredentialKind
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** One request for a token, for a terminal. A signed assertion needs a program: null. */
export function toCurl({ url, clientId, audience, scopes, credentialKind }: TryIt): string | null {
  if (credentialKind === 'public-key') return null
  const scope = scopes.length === 0 ? [] : [`  -d scope=${quote(scopes.join(' '))}`]
  return [
    `curl -sS ${credentialKind === 'client-certificate' ? '"$STEPGATE_TLS_URL"' : url}/oauth/token`,
    ...AUTHENTICATION[credentialKind](clientId),
    '  -d grant_type=client_credentials',
    `  -d resource=${audience}`,
    ...scope,
  ].join(' \\\n')
}

const AUTHENTICATION: Readonly<Record<Exclude<CredentialKind, 'public-key'>, (clientId: string) => string[]>> = {
  'client-secret': (clientId) => [`  -u "${clientId}:$STEPGATE_CLIENT_SECRET"`],
  'client-certificate': (clientId) => ['  --cert tls.crt --key tls.key', `  -d client_id=${clientId}`],
  'federated-identity': (clientId) => [
    `  -d client_id=${clientId}`,
    `  -d client_assertion_type=${ASSERTION_TYPE}`,
    '  --data-urlencode client_assertion@/var/run/secrets/stepgate/token',
  ],
}

const quote = (text: string): string => (text.includes(' ') ? `"${text}"` : text)

const SETTINGS: Readonly<Record<CredentialKind, string>> = {
  'client-secret': 'STEPGATE_CLIENT_SECRET',
  'public-key': 'STEPGATE_PRIVATE_KEY',
  'client-certificate': 'STEPGATE_CLIENT_CERT and STEPGATE_CLIENT_KEY',
  'federated-identity': 'STEPGATE_CLIENT_ASSERTION_FILE',
}

/** The same in a service that has the middleware. */
export const toNode = ({ audience, credentialKind }: TryIt): string =>
  [
    "import { createStepgate } from '@stepgate/node'",
    '',
    `// STEPGATE_URL, STEPGATE_CLIENT_ID and ${SETTINGS[credentialKind]} are set.`,
    'const stepgate = createStepgate()',
    `const token = await stepgate.getToken('${audience}')`,
    `// or, with the token, its renewal and its proofs taken care of:`,
    `const answer = await stepgate.fetch('https://${audience}.internal/', { audience: '${audience}' })`,
  ].join('\n')
