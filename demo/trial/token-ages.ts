import type { ManagementClient } from '../setup/management-client.ts'

const ENVIRONMENT = { environment: 'production' }

type Ages = readonly { readonly uptoSeconds: number | null; readonly count: number }[]

/** How old tokens were when they were used at one endpoint, since the beginning. */
export class TokenAges {
  readonly #ages: Ages

  constructor(ages: Ages) {
    this.#ages = ages
  }

  /** `≤ 15 s: 1,234, ≤ 30 s: 56`. */
  since(before: TokenAges): string {
    return this.#ages
      .map(({ uptoSeconds, count }, index) => ({ uptoSeconds, count: count - (before.#ages[index]?.count ?? 0) }))
      .filter(({ count }) => count > 0)
      .map(({ uptoSeconds, count }) => `≤ ${uptoSeconds?.toString() ?? '∞'} s: ${count.toLocaleString('en')}`)
      .join(', ')
  }
}

/** Of the endpoint that the storefront alone asks. */
export async function readTokenAges(client: ManagementClient): Promise<TokenAges> {
  const query = { service: ['inventory'], limit: 500 }
  const { items } = await client.call('listEndpoints', { params: ENVIRONMENT, query })
  const endpoint = items.find(({ method, route }) => method === 'GET' && route === '/stock/:sku')
  const { tokenAges } = await client.call('readEvidence', {
    params: { ...ENVIRONMENT, id: endpoint?.id ?? '' },
    body: {},
  })
  return new TokenAges(tokenAges)
}
