/** What was asked of both, and what came of it. */
export interface Compared {
  readonly group: string
  readonly name: string
  readonly ours: string
  readonly theirs: string
  readonly because: string | null
}

const NOT_TRIED =
  'A request without client authentication is `invalid_client`, which the standard names for it (RFC 6749, section 5.2).'
const NOT_PROVEN =
  'A client that tried to authenticate in the header and failed is `invalid_client`, with a challenge (RFC 6749, section 5.2).'

/** Why the verdicts differ, by group and name of the request. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'A token: a scope nobody knows':
    'Nothing is left out in silence: a scope that is not granted is refused by name (RFC 6749, section 3.3, allows both).',
  'A token: a scope of another resource':
    'A scope counts at the service it belongs to; one of another service is excess (RFC 8707, section 2.2).',
  'A token: without resource':
    'A token is always for one service: none is chosen for the client (RFC 8707, section 2, with the error it has for it).',
  'A token: a code without an authorization endpoint':
    'There are no codes here, for any client; there the grant type exists and is not this client’s (RFC 6749, section 5.2).',
  'A token: a parameter nobody knows, twice':
    'No parameter may be included more than once, known or not (RFC 6749, section 3.2).',
  'A token: a refresh token that belongs to another grant type':
    'A token in a place where it does nothing is a mistake worth an answer; ignoring it is allowed as well (RFC 6749, section 3.2).',
  'A token: a control character in scope':
    'Control characters are looked for before parameters are told apart (RFC 6749, section 5.2: a malformed request).',
  'A token: broken percent-encoding in scope':
    'What cannot be decoded stays as it is, and no scope has such a name; there it is dropped (RFC 6749, section 3.3).',
  'A token: by GET':
    'Neither answers: the endpoint is for POST alone (RFC 6749, section 3.2), which 405 says (RFC 9110, section 15.5.6).',
  'Client secrets: no authentication': NOT_TRIED,
  'Client secrets: an empty secret in the header': NOT_PROVEN,
  'Client secrets: a header that is not Base64': NOT_PROVEN,
  'Client secrets: a header without a colon': NOT_PROVEN,
  'Client secrets: a header that is badly form-encoded': NOT_PROVEN,
  'Client secrets: a bearer token as authentication': NOT_PROVEN,
  'Client secrets: a secret in the address':
    'Neither reads it: parameters in the address are no authentication (RFC 6749, section 2.3.1); what remains is a request without any (section 5.2).',
  'Client assertions: that lives for an hour':
    'An assertion is good for five minutes at most, so that what is remembered against replay stays small (RFC 7523, section 3, item 4, allows to refuse an end far ahead).',
  'Client assertions: that is no JWT':
    'An assertion that cannot be read is one that is not valid (RFC 7523, section 3.2).',
  'Client assertions: with another client_id':
    '`client_id` has to be the client of the assertion; the assertion proves nothing about this one (RFC 7521, section 4.2; RFC 7523, section 3.2).',
  'DPoP proofs: sent twice':
    'A proof that was used is a proof that is not valid (RFC 9449, section 5); there it counts against the grant.',
  'DPoP proofs: of an hour ago':
    'The time is looked at even where the nonce is current (RFC 9449, section 4.3, item 11, asks for either).',
  'DPoP proofs: from the future': 'As for a proof of an hour ago (RFC 9449, section 4.3, item 11).',
  'Introspection: a token of another client':
    'A client learns about tokens that were issued to it or are for it, and of others no more than of none (RFC 7662, section 2.2); there it is a policy to be written.',
  'Introspection: no authentication': NOT_TRIED,
  'Revocation: a token of another client':
    'Nothing is revoked at either. The standard has it refused (RFC 7009, section 2.1); here it is answered as a token that does not exist (section 2.2), so that none can be looked for.',
  'Revocation: no authentication': NOT_TRIED,
}

const TITLE = `# Where these token endpoints differ from oidc-provider

Written by \`differences.test.ts\`, which sends the same requests to both and fails where a verdict differs that is not
explained here. A verdict is *accepted*, or the error of the answer.
`

const toRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

function toTable(rows: readonly Compared[]): string {
  const head = toRow(['request', 'here', 'there', 'why']) + toRow(['---', '---', '---', '---'])
  return head + rows.map(({ name, ours, theirs, because }) => toRow([name, ours, theirs, because ?? ''])).join('')
}

export function writeDifferences(compared: readonly Compared[]): string {
  const groups = [...new Set(compared.map(({ group }) => group))]
  const differing = compared.filter(({ ours, theirs }) => ours !== theirs)
  return [
    TITLE,
    `Of ${compared.length} requests, ${compared.length - differing.length} have one verdict at both.\n`,
    ...groups.map((group) => `## ${group}\n\n${toTable(differing.filter((row) => row.group === group))}`),
  ].join('\n')
}
