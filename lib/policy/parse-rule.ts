import { member, readArray, readInteger, readOneOf, readString, type Field } from './field-reader.ts'
import { parseNetwork } from './network.ts'
import type { ParsedRule, Requirement, UnknownRequirement } from './rule.ts'
import { SnapshotFormatError } from './snapshot-format-error.ts'
import { SENDER_CONSTRAINTS, SIGNALS, type SenderConstraint } from './vocabulary.ts'

const REQUIREMENTS_MAX = 32
const LIST_MAX = 1_000
const WORD_MAX = 200
const EXPRESSION_MAX = 1_000
const SYSTEM_NUMBER_MAX = 4_294_967_295
const REQUESTS_MAX = 1_000_000_000
const AGE_SECONDS_MAX = 10 * 365 * 86_400
const BINDINGS = SENDER_CONSTRAINTS.filter((word): word is Exclude<SenderConstraint, 'none'> => word !== 'none')

/** An empty list would be met by everybody or by nobody, depending on the reader: refused. */
function readList<Item>(field: Field, readItem: (item: Field) => Item): Item[] {
  const items = readArray(field, LIST_MAX, readItem)
  if (items.length === 0) throw new SnapshotFormatError(field.path, 'must not be empty')
  return items
}

function readCidr(field: Field): string {
  const cidr = readString(field, 64)
  if (parseNetwork(cidr) === null) throw new SnapshotFormatError(field.path, 'must be a network in CIDR notation')
  return cidr
}

function readCountry(field: Field): string {
  const country = readString(field, 2)
  if (!/^[A-Z]{2}$/.test(country))
    throw new SnapshotFormatError(field.path, 'must be a country code of two capital letters')
  return country
}

/** A signal this version cannot raise would never deny anybody, so the whole requirement is one it does not know. */
function readSignals(field: Field, kind: 'signals'): Requirement | UnknownRequirement {
  const words = readList(member(field, 'noneOf'), (item) => readString(item, WORD_MAX))
  const noneOf = SIGNALS.filter((signal) => words.includes(signal))
  const stranger = words.find((word) => !(SIGNALS as readonly string[]).includes(word))
  return stranger === undefined
    ? { kind, noneOf }
    : { kind: 'unknown', statedKind: `${kind} ${stranger}`.slice(0, WORD_MAX) }
}

function readRequirement(field: Field): Requirement | UnknownRequirement {
  const kind = readString(member(field, 'kind'), WORD_MAX)
  switch (kind) {
    case 'scopes':
      return { kind, allOf: readList(member(field, 'allOf'), (item) => readString(item, WORD_MAX)) }
    case 'max-token-age':
      return { kind, seconds: readInteger(member(field, 'seconds'), 0, AGE_SECONDS_MAX) }
    case 'sender-constraint':
      return { kind, anyOf: readList(member(field, 'anyOf'), (item) => readOneOf(item, BINDINGS)) }
    case 'network':
      return { kind, cidrs: readList(member(field, 'cidrs'), readCidr) }
    case 'autonomous-system':
      return {
        kind,
        anyOf: readList(member(field, 'anyOf'), (item) => readInteger(item, 0, SYSTEM_NUMBER_MAX)),
      }
    case 'country':
      return { kind, anyOf: readList(member(field, 'anyOf'), readCountry) }
    case 'known-device':
      return { kind }
    case 'rate':
      return {
        kind,
        requestsMax: readInteger(member(field, 'requestsMax'), 1, REQUESTS_MAX),
        windowSeconds: readInteger(member(field, 'windowSeconds'), 1, AGE_SECONDS_MAX),
      }
    case 'signals':
      return readSignals(field, kind)
    case 'condition':
      return { kind, expression: readString(member(field, 'expression'), EXPRESSION_MAX) }
    default:
      return { kind: 'unknown', statedKind: kind }
  }
}

/**
 * Reads a rule. Unknown members are ignored; a requirement or an access of a kind this version does not know is kept as
 * `unknown`, which denies; anything else that does not fit throws {@link SnapshotFormatError}.
 */
export function parseRule(field: Field): ParsedRule {
  const access = readString(member(field, 'access'), WORD_MAX)
  const requirements = readArray(member(field, 'requirements'), REQUIREMENTS_MAX, readRequirement)
  if (access === 'token' || access === 'public') return { access, requirements }
  return { access: 'token', requirements: [...requirements, { kind: 'unknown', statedKind: access }] }
}
