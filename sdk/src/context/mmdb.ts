import { parseNetwork } from '../../../lib/policy/network.ts'
import { MmdbDecoder, MmdbFormatError, type MmdbMap, type MmdbValue } from './mmdb-decoder.ts'

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
const METADATA_BYTES_MAX = 128 * 1024
const SEPARATOR_BYTES = 16
const DECODED_MAX = 2_000

const isMap = (value: MmdbValue | undefined): value is MmdbMap =>
  typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value)

function readMetadata(bytes: Buffer): MmdbMap {
  const from = Math.max(0, bytes.length - METADATA_BYTES_MAX)
  const marker = bytes.subarray(from).lastIndexOf(MARKER)
  if (marker === -1) throw new MmdbFormatError('it is not a MaxMind DB file')
  const metadata = new MmdbDecoder(bytes.subarray(from + marker + MARKER.length)).decode(0)
  if (!isMap(metadata)) throw new MmdbFormatError('its metadata cannot be read')
  return metadata
}

function requireOneOf(metadata: MmdbMap, name: string, values: readonly number[]): number {
  const value = metadata[name]
  if (typeof value !== 'number' || !values.includes(value))
    throw new MmdbFormatError(`its ${name} is not one of ${values.join(', ')}`)
  return value
}

const toMs = (seconds: MmdbValue | undefined): number | null => {
  const ms = typeof seconds === 'bigint' || typeof seconds === 'number' ? Number(seconds) * 1000 : Number.NaN
  return ms >= 0 && ms < 8.64e15 ? ms : null
}

/** The words of an address and how many bits each lookup has to walk. */
interface Bits {
  readonly words: readonly number[]
  readonly count: number
}

function toBits(address: string): Bits | null {
  const plain = address.split('%', 1)[0] ?? ''
  const network = parseNetwork(`${plain}/${plain.includes(':') ? '128' : '32'}`)
  return network === null ? null : { words: network.words, count: network.words.length * 32 }
}

/** A file in MaxMind DB format, version 2.0, in memory. */
export class Mmdb {
  /** What is in it: `GeoLite2-Country`. */
  readonly type: string
  readonly builtAtMs: number | null
  readonly #bytes: Buffer
  readonly #decoder: MmdbDecoder
  readonly #nodeCount: number
  readonly #recordBits: number
  readonly #isIpv6: boolean
  readonly #ipv4Root: number
  /** Many networks share a record. */
  readonly #decoded = new Map<number, MmdbMap | null>()

  /** Throws {@link MmdbFormatError} when the bytes are not such a file. */
  constructor(bytes: Buffer) {
    const metadata = readMetadata(bytes)
    const { node_count: nodeCount, database_type: type } = metadata
    requireOneOf(metadata, 'binary_format_major_version', [2])
    this.#recordBits = requireOneOf(metadata, 'record_size', [24, 28, 32])
    this.#isIpv6 = requireOneOf(metadata, 'ip_version', [4, 6]) === 6
    const treeBytes = typeof nodeCount === 'number' ? (nodeCount * this.#recordBits) / 4 : Number.NaN
    if (!(treeBytes + SEPARATOR_BYTES <= bytes.length)) throw new MmdbFormatError('the file is cut off')
    this.#nodeCount = nodeCount as number // otherwise the bytes of the tree would not be a number
    this.#bytes = bytes
    this.#decoder = new MmdbDecoder(bytes.subarray(treeBytes + SEPARATOR_BYTES))
    this.type = typeof type === 'string' ? type.slice(0, 100) : 'unknown'
    this.builtAtMs = toMs(metadata['build_epoch'])
    this.#ipv4Root = this.#isIpv6 ? this.#walk(0, { words: [0, 0, 0], count: 96 }) : 0
  }

  /** The record of an address; null when there is none. Throws {@link MmdbFormatError} when the file is damaged there. */
  find(address: string): MmdbMap | null {
    const bits = toBits(address)
    if (bits === null || (bits.count === 128 && !this.#isIpv6)) return null
    const found = this.#walk(bits.count === 32 ? this.#ipv4Root : 0, bits)
    return found <= this.#nodeCount ? null : this.#decode(found - this.#nodeCount - SEPARATOR_BYTES)
  }

  /** The node, or what stands in place of one, at which the bits end. */
  #walk(from: number, { words, count }: Bits): number {
    let node = from
    for (let index = 0; index < count && node < this.#nodeCount; index++)
      node = this.#child(node, ((words[index >> 5] ?? 0) >>> (31 - (index & 31))) & 1)
    return node
  }

  #child(node: number, bit: number): number {
    const bytes = this.#bytes
    if (this.#recordBits === 24) return bytes.readUIntBE(node * 6 + bit * 3, 3)
    if (this.#recordBits === 32) return bytes.readUInt32BE(node * 8 + bit * 4)
    const middle = bytes.readUInt8(node * 7 + 3)
    return bit === 0
      ? (middle >> 4) * 0x1000000 + bytes.readUIntBE(node * 7, 3)
      : (middle & 15) * 0x1000000 + bytes.readUIntBE(node * 7 + 4, 3)
  }

  #decode(offset: number): MmdbMap | null {
    const known = this.#decoded.get(offset)
    if (known !== undefined) return known
    const value = offset < 0 ? undefined : this.#decoder.decode(offset)
    if (this.#decoded.size >= DECODED_MAX) this.#decoded.clear()
    const record = isMap(value) ? value : null
    this.#decoded.set(offset, record)
    return record
  }
}
