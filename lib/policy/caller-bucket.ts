const FNV_OFFSET_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193
const BUCKETS = 10_000

const mixByte = (hash: number, byte: number): number => Math.imul(hash ^ byte, FNV_PRIME)

/** The last two bytes of a code point of three or four. */
const mixTail = (hash: number, point: number): number =>
  mixByte(mixByte(hash, 0x80 | ((point >> 6) & 0x3f)), 0x80 | (point & 0x3f))

/** FNV-1a over the UTF-8 bytes of one code point. */
function mixCodePoint(hash: number, point: number): number {
  if (point < 0x80) return mixByte(hash, point)
  if (point < 0x800) return mixByte(mixByte(hash, 0xc0 | (point >> 6)), 0x80 | (point & 0x3f))
  if (point < 0x10000) return mixTail(mixByte(hash, 0xe0 | (point >> 12)), point)
  return mixTail(mixByte(mixByte(hash, 0xf0 | (point >> 18)), 0x80 | ((point >> 12) & 0x3f)), point)
}

/** The finaliser of MurmurHash3: FNV alone leaves similar names in neighbouring buckets. */
function finalise(hash: number): number {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * The place of a caller between 0 and 99.99, in steps of 0.01: the caller is enforced where this is below the percent of
 * callers. It depends on the caller alone, so raising a percent keeps everybody who was already in, and several endpoints
 * at the same percent treat one caller alike.
 */
export function callerBucket(callerKey: string): number {
  let hash = FNV_OFFSET_BASIS
  for (let index = 0; index < callerKey.length; index++) {
    const point = callerKey.codePointAt(index) ?? 0
    hash = mixCodePoint(hash, point)
    if (point > 0xffff) index++
  }
  return (finalise(hash) % BUCKETS) / 100
}
