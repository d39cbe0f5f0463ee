import { isAddress, isAddressInSomeNetwork, parseNetwork, type Network } from '../../../lib/policy/network.ts'

const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '169.254.0.0/16', 'fe80::/10'],
}

const toCidrs = (name: string): readonly string[] => {
  if (Object.hasOwn(NAMED_NETWORKS, name)) return NAMED_NETWORKS[name] ?? []
  if (name.includes('/')) return [name]
  return [`${name}/${name.includes(':') ? '128' : '32'}`]
}

/** Networks of the proxies that may speak for a caller; null when a name cannot be read. */
export function parseTrustedProxies(names: readonly string[]): readonly Network[] | null {
  const networks = names.flatMap((name) => toCidrs(name.trim())).map(parseNetwork)
  return networks.every((network) => network !== null) ? networks : null
}

const HOPS_MAX = 20

/**
 * The caller's address: the socket's, or behind trusted proxies the last address in `X-Forwarded-For` that is not a trusted
 * proxy. Read from the right, because everything left of a trusted hop was written by the caller.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): string | null {
  if (socketAddress === undefined) return null
  let address = socketAddress
  const hops = trusted.length === 0 || forwardedFor === undefined ? [] : forwardedFor.split(',').slice(-HOPS_MAX)
  while (hops.length > 0 && isAddressInSomeNetwork(address, trusted)) {
    const hop = hops.pop()?.trim() ?? ''
    if (!isAddress(hop)) return null
    address = hop
  }
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
