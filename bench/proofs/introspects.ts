import type { ProofFleet } from './proof-fleet.ts'

/** Whether the gateway calls the token active to the one it was issued to. */
export async function introspects(
  url: string,
  clientId: string,
  { secrets }: ProofFleet,
  token: string,
): Promise<boolean> {
  const form = { client_id: clientId, client_secret: secrets[clientId] ?? '', token }
  const response = await fetch(`${url}/oauth/introspect`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await response.json()) as { active: boolean }).active // RFC 7662, section 2.2
}
