/** A network that addresses can be tested against. Made by {@link parseNetwork}. */
export interface Network {
  readonly family: 4 | 6
  /** Leading bits that must agree, of the 32 of IPv4 or the 128 of IPv6. */
  readonly prefix: number
  /** The address in words of 32 bits: one of IPv4, four of IPv6. */
  readonly words: readonly number[]
}

const ADDRESS_LENGTH_MAX = 64
const OCTET = /^(?:0|[1-9]\d{0,2})$/
const GROUP = /^[0-9a-f]{1,4}$/i

/** Leading zeros are refused: some readers take them as octal, and two readings of one address are a bypass. */
function parseIpv4(text: string): number | null {
  const octets = text.split('.')
  if (octets.length !== 4) return null
  let word = 0
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return null
    word = word * 256 + Number(octet)
  }
  return word
}

const parseGroups = (text: string): number[] | null => {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => GROUP.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null
}

/** `::ffff:10.0.0.1` → `::ffff:a00:1`, so that one parser reads both spellings. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes('.')) return text
  const cut = text.lastIndexOf(':') + 1
  const word = parseIpv4(text.slice(cut))
  return word === null
    ? null
    : `${text.slice(0, cut)}${Math.floor(word / 65_536).toString(16)}:${(word % 65_536).toString(16)}`
}

function expandGroups(text: string): number[] | null {
  const halves = text.split('::')
  const head = parseGroups(halves[0] ?? '')
  if (head === null || halves.length > 2) return null
  if (halves.length === 1) return head.length === 8 ? head : null
  const tail = parseGroups(halves[1] ?? '')
  if (tail === null || head.length + tail.length > 7) return null
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

function parseIpv6(text: string): number[] | null {
  const plain = withoutDottedTail(text)
  const groups = plain === null ? null : expandGroups(plain)
  if (groups === null) return null
  const words: number[] = []
  for (let index = 0; index < 8; index += 2) words.push((groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0))
  return words
}

interface Address {
  readonly family: 4 | 6
  readonly words: readonly number[]
}

const isMappedIpv4 = (words: readonly number[]): boolean => words[0] === 0 && words[1] === 0 && words[2] === 0xffff

/** IPv4 in IPv6 clothes (`::ffff:10.0.0.1`, as sockets that listen on both report it) is IPv4. */
function parseAddress(text: string): Address | null {
  if (text.length > ADDRESS_LENGTH_MAX) return null
  if (!text.includes(':')) {
    const word = parseIpv4(text)
    return word === null ? null : { family: 4, words: [word] }
  }
  const words = parseIpv6(text.split('%', 1)[0] ?? '')
  if (words === null) return null
  return isMappedIpv4(words) ? { family: 4, words: [words[3] ?? 0] } : { family: 6, words }
}

/** Whether this is an IPv4 or IPv6 address that {@link isAddressInNetwork} can read. */
export const isAddress = (text: string): boolean => parseAddress(text) !== null

/** Reads CIDR notation (`10.0.0.0/8`, `2001:db8::/32`); host bits are ignored. Null for anything else. */
export function parseNetwork(cidr: string): Network | null {
  const [text = '', length = '', ...rest] = cidr.split('/')
  if (rest.length > 0 || !OCTET.test(length) || text.includes('%')) return null
  const address = parseAddress(text)
  if (address === null) return null
  const written = Number(length) - (address.family === 4 && text.includes(':') ? 96 : 0)
  const isPrefix = written >= 0 && written <= address.words.length * 32
  return isPrefix ? { family: address.family, prefix: written, words: address.words } : null
}

function agree(left: number, right: number, bits: number): boolean {
  return bits === 0 || (left ^ right) >>> (32 - bits) === 0
}

function contains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false
  for (let index = 0; index < network.words.length; index++) {
    const bits = Math.min(32, network.prefix - index * 32)
    if (bits > 0 && !agree(network.words[index] ?? 0, address.words[index] ?? 0, bits)) return false
  }
  return true
}

/** Whether the address lies in the network. An address that cannot be read lies in none. */
export function isAddressInNetwork(address: string, network: Network): boolean {
  const parsed = parseAddress(address)
  return parsed !== null && contains(network, parsed)
}

/** Whether the address lies in one of the networks. */
export function isAddressInSomeNetwork(address: string, networks: readonly Network[]): boolean {
  const parsed = parseAddress(address)
  return parsed !== null && networks.some((network) => contains(network, parsed))
}

const hextets = (words: readonly number[]): string[] =>
  words.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)])

/**
 * The network that an address is remembered as, in CIDR notation: the /24 of an IPv4 address, the /48 of an IPv6 address, which is
 * what one site usually has. Null for what is no address.
 */
export function surroundingNetwork(address: string): string | null {
  const parsed = parseAddress(address)
  if (parsed === null) return null
  const [first = 0] = parsed.words
  if (parsed.family === 6) return `${hextets(parsed.words).slice(0, 3).join(':')}::/48`
  return `${first >>> 24}.${(first >>> 16) & 0xff}.${(first >>> 8) & 0xff}.0/24`
}
