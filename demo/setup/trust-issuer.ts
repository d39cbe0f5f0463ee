import { CUSTOMER_AUDIENCE, ISSUER_NAME } from './caller-plans.ts'
import type { ManagementClient } from './management-client.ts'

/** Trusts the shop's identity provider at its present address: the port may have changed since the last start. */
export async function trustIssuer(client: ManagementClient, environment: string, issuer: string): Promise<void> {
  const { items } = await client.call('listIssuers', { params: { environment } })
  const known = items.find(({ name }) => name === ISSUER_NAME)
  if (known?.issuer === issuer) {
    // Nobody answered while the demo was stopped.
    await client.call('refreshIssuer', { params: { environment, id: known.id } })
    return
  }
  if (known !== undefined)
    await client.call('deleteIssuer', { params: { environment, id: known.id }, ifMatch: known.version })
  await client.call('createIssuer', {
    params: { environment },
    body: { name: ISSUER_NAME, issuer, audience: CUSTOMER_AUDIENCE },
  })
}
