import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import { HOURS } from './decision-hours.ts'
import { toSlots, type HoursPerSlot, type RecordedDay } from './recorded-day.ts'

/** Of the layout; a segment of another one is not read. */
const FORMAT = 1
const HEADER_BYTES = 16
const ID_BYTES = 8
const WIDTHS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const

type Numbers = RecordedDay['slots']

/**
 * A day by the hour as bytes: format, rows and the widths of a count and of an age as four 32-bit numbers, then ids, hours, ages and
 * whether ages are known, each padded to eight bytes; all of it as one frame of Zstandard (RFC 8878). Little-endian, as every
 * processor is that Node runs on.
 */
export function encodeDay({ signatureIds, slots, ages, hasAges }: RecordedDay): Buffer {
  const [hours, packedAges] = [pack(slots), pack(ages)]
  const parts = [signatureIds, hours, packedAges, hasAges]
  const body = Buffer.alloc(parts.reduce((length, { byteLength }) => length + padded(byteLength), HEADER_BYTES))
  const header = [FORMAT, signatureIds.length, hours.BYTES_PER_ELEMENT, packedAges.BYTES_PER_ELEMENT]
  header.forEach((number, index) => body.writeUInt32LE(number, index * 4))
  let at = HEADER_BYTES
  for (const { buffer, byteOffset, byteLength } of parts) {
    body.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += padded(byteLength)
  }
  return zstdCompressSync(body)
}

/** Null for what this layout is not. */
export function decodeDay(body: Buffer, hoursPerSlot: HoursPerSlot): RecordedDay | null {
  const { buffer } = Uint8Array.from(zstdDecompressSync(body)) // of its own, so that views may begin anywhere
  const [format = 0, rows = 0, hourBytes = 0, ageBytes = 0] = new Uint32Array(buffer, 0, HEADER_BYTES / 4)
  const [Hours, Ages] = [findWidth(hourBytes), findWidth(ageBytes)]
  if (format !== FORMAT || Hours === undefined || Ages === undefined) return null
  const lengths = [rows * ID_BYTES, rows * HOURS.length * hourBytes, rows * TOKEN_AGE_BUCKETS * ageBytes, rows]
  const starts = lengths.map((_, part) =>
    lengths.slice(0, part).reduce((sum, length) => sum + padded(length), HEADER_BYTES),
  )
  const [ids = 0, hours = 0, ages = 0, hasAges = 0] = starts
  if (buffer.byteLength !== hasAges + padded(rows)) return null
  return {
    hoursPerSlot,
    signatureIds: new Float64Array(buffer, ids, rows).slice(),
    slots: toSlots(new Hours(buffer, hours, rows * HOURS.length), hoursPerSlot),
    ages: unpack(new Ages(buffer, ages, rows * TOKEN_AGE_BUCKETS)),
    hasAges: new Uint8Array(buffer, hasAges, rows).slice(),
  }
}

const padded = (length: number): number => Math.ceil(length / 8) * 8

const findWidth = (bytes: number) => WIDTHS.find(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT === bytes)

/** As narrow as the largest number allows. */
function pack(numbers: Numbers): InstanceType<(typeof WIDTHS)[number]> {
  let largest = 0
  for (const number of numbers) largest = Math.max(largest, number)
  const bytes = WIDTHS.findIndex(({ BYTES_PER_ELEMENT }) => largest < 2 ** (8 * Math.min(BYTES_PER_ELEMENT, 6)))
  return new (WIDTHS[bytes] ?? Float64Array)(numbers)
}

/** As days are held in memory: all alike, so that the loops over them stay quick. */
const unpack = (numbers: InstanceType<(typeof WIDTHS)[number]>): Numbers =>
  numbers instanceof Float64Array ? numbers.slice() : new Uint32Array(numbers)
