import type { z } from 'zod'
import { IssuerDiscover, type IssuerDiscovery } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { parseInput } from '../parse-input.ts'
import { fetchKeys } from './create-issuer.ts'
import { requireSecureUrl } from './fetch-json.ts'

/** What trusting an issuer would bring: its key set, fetched now. Nothing is written. */
export async function discoverIssuer(
  actor: Actor,
  input: z.input<typeof IssuerDiscover>,
): Promise<z.output<typeof IssuerDiscovery>> {
  requireRole(actor, 'administrator')
  const { issuer, jwksUri } = parseInput(IssuerDiscover, input)
  requireSecureUrl(issuer, 'issuer')
  const found = await fetchKeys(issuer, jwksUri)
  return { jwksUri: found.jwksUri, keys: found.keys.map(({ kid, alg }) => ({ keyId: kid, algorithm: alg })) }
}
