import { SIGNALS, type Signal } from '../../../lib/policy/vocabulary.ts'

/** A set of signals as bits, in the order of `SIGNALS`. */
export type SignalBits = number

export const NO_SIGNALS: SignalBits = 0
export const ALL_SIGNALS: SignalBits = 2 ** SIGNALS.length - 1

export const toBit = (signal: Signal): SignalBits => 1 << SIGNALS.indexOf(signal)

export const toBits = (signals: readonly Signal[]): SignalBits =>
  signals.reduce((bits, signal) => bits | toBit(signal), NO_SIGNALS)

export const DEVICE_FIRST_SEEN = toBit('device-first-seen')
export const ENDPOINT_FIRST_USE = toBit('endpoint-first-use')
export const TRAVEL_IMPOSSIBLE = toBit('travel-impossible')
export const CREDENTIAL_CONCURRENT = toBit('credential-concurrent')

/** Each set as a sorted list, made once. */
const LISTS: readonly (readonly Signal[])[] = Array.from({ length: ALL_SIGNALS + 1 }, (_, bits) =>
  Object.freeze(SIGNALS.filter((signal) => (bits & toBit(signal)) !== 0).sort()),
)

/** The signals of a set, sorted. */
export const listSignals = (bits: SignalBits): readonly Signal[] => LISTS[bits] ?? []
