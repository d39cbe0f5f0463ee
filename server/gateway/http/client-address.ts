import type { IncomingMessage } from 'node:http'
import { isAddressInSomeNetwork, parseNetwork, type Network } from '#lib/policy/network.ts'

export type ReadClientAddress = (request: IncomingMessage) => string
export type IsTrustedProxy = (address: string) => boolean

const IPV4_IN_IPV6 = '::ffff:'
const FORWARDED_ADDRESSES_MAX = 20

/** Throws when a network cannot be read: a typing error must not silently trust nobody, or everybody. */
export function trustProxies(cidrs: readonly string[]): IsTrustedProxy {
  const networks = cidrs.map((cidr): Network => {
    const network = parseNetwork(cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`)
    if (network === null)
      throw new Error(`Trusted proxies: "${cidr}" is neither an address nor a network in CIDR notation.`)
    return network
  })
  return (address) => isAddressInSomeNetwork(address, networks)
}

/**
 * The caller's address: from the right of X-Forwarded-For, the first that is not a trusted proxy. Whatever stands further left was
 * written by the caller.
 */
export function readClientAddressBehind(isTrusted: IsTrustedProxy): ReadClientAddress {
  return (request) => {
    const peer = plain(request.socket.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    if (forwarded === undefined || !isTrusted(peer)) return peer
    return firstUntrusted(String(forwarded), isTrusted) ?? peer
  }
}

function firstUntrusted(forwarded: string, isTrusted: IsTrustedProxy): string | undefined {
  const addresses = forwarded
    .split(',')
    .slice(-FORWARDED_ADDRESSES_MAX)
    .map((address) => plain(address.trim()))
  const caller = addresses.findLast((address) => !isTrusted(address)) ?? addresses[0]
  return caller !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(caller) ? caller : undefined
}

const plain = (address: string): string =>
  address.startsWith(IPV4_IN_IPV6) ? address.slice(IPV4_IN_IPV6.length) : address
