/** A value of the data section. Maps have no prototype, so no key of a file can reach one. */
export type MmdbValue = string | number | bigint | boolean | Buffer | MmdbValue[] | MmdbMap
export interface MmdbMap {
  readonly [key: string]: MmdbValue | undefined
}

/** The bytes are not what the format says they are. */
export class MmdbFormatError extends Error {}

const DEPTH_MAX = 16
/** Pointers let few bytes stand for many values. */
const VALUES_MAX = 10_000

const POINTER = 1
const SIZE_BASE = [29, 285, 65_821] as const
const POINTER_BASE = [0, 2_048, 526_336, 0] as const

/** Reads values of the MaxMind DB format, version 2.0, from a part of a file. Every read is within its bounds or throws. */
export class MmdbDecoder {
  readonly #bytes: Buffer
  #at = 0
  #budget = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  decode(offset: number): MmdbValue {
    this.#at = offset
    this.#budget = VALUES_MAX
    return this.#read(0)
  }

  #read(depth: number): MmdbValue {
    if (depth > DEPTH_MAX || --this.#budget < 0) throw new MmdbFormatError('a value is nested too deeply or too large')
    const control = this.#unsigned(1)
    const type = control >> 5
    if (type === POINTER) return this.#follow(control, depth)
    return this.#readValue(type === 0 ? this.#unsigned(1) + 7 : type, this.#readSize(control & 31), depth)
  }

  #follow(control: number, depth: number): MmdbValue {
    const length = (control >> 3) & 3
    const high = length === 3 ? 0 : (control & 7) * 256 ** (length + 1)
    const target = high + this.#unsigned(length + 1) + (POINTER_BASE[length] ?? 0)
    const next = this.#at
    this.#at = target
    const value = this.#read(depth + 1)
    this.#at = next
    return value
  }

  #readSize(size: number): number {
    const length = size - 28
    return length < 1 ? size : (SIZE_BASE[length - 1] ?? 0) + this.#unsigned(length)
  }

  #readValue(type: number, size: number, depth: number): MmdbValue {
    switch (type) {
      case 2:
        return this.#take(size).toString('utf8')
      case 3:
        return this.#take(8).readDoubleBE()
      case 4:
        return this.#take(size)
      case 5:
      case 6:
        return this.#unsigned(size)
      case 7:
        return this.#readMap(size, depth)
      case 8:
        return size === 4 ? this.#unsigned(4) | 0 : this.#unsigned(size)
      case 9:
      case 10:
        return size === 0 ? 0n : BigInt(`0x${this.#take(size).toString('hex')}`)
      case 11:
        return this.#readArray(size, depth)
      case 14:
        return size !== 0
      case 15:
        return this.#take(4).readFloatBE()
      default:
        throw new MmdbFormatError(`there is no type ${String(type)}`)
    }
  }

  #readMap(size: number, depth: number): MmdbMap {
    const map = Object.create(null) as Record<string, MmdbValue> // nothing is in it
    for (let index = 0; index < size; index++) {
      const key = this.#read(depth + 1)
      if (typeof key !== 'string') throw new MmdbFormatError('a key is not text')
      map[key] = this.#read(depth + 1)
    }
    return map
  }

  #readArray(size: number, depth: number): MmdbValue[] {
    const items: MmdbValue[] = []
    for (let index = 0; index < size; index++) items.push(this.#read(depth + 1))
    return items
  }

  #unsigned(length: number): number {
    if (length > 6) throw new MmdbFormatError('a number is too long')
    let value = 0
    for (const byte of this.#take(length)) value = value * 256 + byte
    return value
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new MmdbFormatError('the file ends within a value')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}
