/** Writes small files in MaxMind DB format, version 2.0, for tests. */
import { parseNetwork } from '../../lib/policy/network.ts'

export type MmdbJson = string | number | bigint | boolean | readonly MmdbJson[] | { readonly [key: string]: MmdbJson }

export interface MmdbOptions {
  readonly recordSize?: 24 | 28 | 32
  readonly ipVersion?: 4 | 6
  readonly type?: string
}

const control = (type: number, size: number): Buffer => {
  const [first, rest] =
    size < 29
      ? [size, []]
      : size < 285
        ? [29, [size - 29]]
        : size < 65_821
          ? [30, [(size - 285) >> 8, (size - 285) & 255]]
          : [31, [(size - 65_821) >> 16, ((size - 65_821) >> 8) & 255, (size - 65_821) & 255]]
  return type < 8 ? Buffer.from([(type << 5) | first, ...rest]) : Buffer.from([first, type - 7, ...rest])
}

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return Buffer.concat([control(3, 8), bytes])
}

const unsigned = (type: number, hex: string): Buffer => {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([control(type, bytes.length), bytes])
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([control(2, bytes.length), bytes])
}

export function encodeMmdbValue(value: MmdbJson): Buffer {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'boolean') return control(14, value ? 1 : 0)
  if (typeof value === 'bigint') return unsigned(9, value.toString(16))
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? unsigned(6, value === 0 ? '' : value.toString(16)) : double(value)
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encodeMmdbValue)])
  const entries = Object.entries(value as Record<string, MmdbJson>) // all else was told apart
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, member]) => [text(key), encodeMmdbValue(member)]),
  ])
}

type Child = TreeNode | { readonly data: number } | null
class TreeNode {
  readonly children: [Child, Child]

  constructor(child: Child) {
    this.children = [child, child]
  }
}

function bitsOf(cidr: string, ipVersion: 4 | 6): number[] {
  const network = parseNetwork(cidr)
  if (network === null) throw new Error(`not a network: ${cidr}`)
  const bits = Array.from({ length: network.prefix }, (_, index) => {
    const word = network.words[index >> 5] ?? 0
    return (word >>> (31 - (index & 31))) & 1
  })
  return network.family === 4 && ipVersion === 6 ? [...new Array<number>(96).fill(0), ...bits] : bits
}

function insert(root: TreeNode, bits: readonly number[], data: number): void {
  let node = root
  bits.slice(0, -1).forEach((bit) => {
    const next = node.children[bit]
    const child = next instanceof TreeNode ? next : new TreeNode(next ?? null)
    node.children[bit] = child
    node = child
  })
  node.children[bits.at(-1) ?? 0] = { data }
}

function listNodes(root: TreeNode): TreeNode[] {
  const nodes = [root]
  for (const node of nodes) nodes.push(...node.children.filter((child): child is TreeNode => child instanceof TreeNode))
  return nodes
}

function encodeNode(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const bytes = Buffer.alloc(recordSize / 4)
  if (recordSize === 24) {
    bytes.writeUIntBE(left, 0, 3)
    bytes.writeUIntBE(right, 3, 3)
  } else if (recordSize === 28) {
    bytes.writeUIntBE(left & 0xffffff, 0, 3)
    bytes.writeUInt8(((left >>> 24) << 4) | (right >>> 24), 3)
    bytes.writeUIntBE(right & 0xffffff, 4, 3)
  } else {
    bytes.writeUInt32BE(left, 0)
    bytes.writeUInt32BE(right, 4)
  }
  return bytes
}

/** Records by network; of networks that overlap name the larger one first. */
export function writeMmdb(
  records: Readonly<Record<string, MmdbJson>>,
  { recordSize = 24, ipVersion = 6, type = 'Test-Country' }: MmdbOptions = {},
): Buffer {
  const root = new TreeNode(null)
  const parts: Buffer[] = []
  let offset = 0
  for (const [cidr, record] of Object.entries(records)) {
    const encoded = encodeMmdbValue(record)
    insert(root, bitsOf(cidr, ipVersion), offset)
    parts.push(encoded)
    offset += encoded.length
  }
  const nodes = listNodes(root)
  const numberOf = (child: Child): number =>
    child === null ? nodes.length : child instanceof TreeNode ? nodes.indexOf(child) : nodes.length + 16 + child.data
  const tree = nodes.map(({ children: [left, right] }) => encodeNode(numberOf(left), numberOf(right), recordSize))
  const metadata = encodeMmdbValue({
    node_count: nodes.length,
    record_size: recordSize,
    ip_version: ipVersion,
    database_type: type,
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_795_000_000n,
    description: { en: 'A file of the tests' },
  })
  return Buffer.concat([
    ...tree,
    Buffer.alloc(16),
    ...parts,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ])
}
