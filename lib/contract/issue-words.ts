import { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue

const number = new Intl.NumberFormat('en')
const plural = (count: number, noun: string): string => `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  nan: 'a number',
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'a URL',
  uuid: 'a UUID',
  guid: 'a UUID',
  datetime: 'a date and time as in RFC 3339',
  cidrv4: 'a network in CIDR notation',
  cidrv6: 'a network in CIDR notation',
}

function boundWords(origin: string, least: boolean, bound: number): string {
  if (origin === 'string')
    return least ? `needs at least ${plural(bound, 'character')}` : `may have at most ${plural(bound, 'character')}`
  if (origin === 'array' || origin === 'set')
    return least ? `needs at least ${plural(bound, 'item')}` : `may have at most ${plural(bound, 'item')}`
  return least ? `must be ${number.format(bound)} or more` : `must be ${number.format(bound)} or less`
}

const listed = (values: readonly unknown[]): string => values.map(String).join(', ')

/** What is wrong with a value, as the end of a sentence that begins with the field. Undefined leaves it to zod. */
export function toIssueWords(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${EXPECTED[issue.expected] ?? issue.expected}`
    case 'too_small':
      return boundWords(issue.origin, true, Number(issue.minimum) + (issue.inclusive === false ? 1 : 0))
    case 'too_big':
      return boundWords(issue.origin, false, Number(issue.maximum) - (issue.inclusive === false ? 1 : 0))
    case 'invalid_value':
      return issue.values.length === 1 ? `must be ${listed(issue.values)}` : `must be one of ${listed(issue.values)}`
    case 'invalid_format':
      if (issue.format === 'starts_with') return `must start with ${String(issue['prefix'])}`
      return issue.format in FORMATS ? `must be ${FORMATS[issue.format] ?? ''}` : undefined
    default:
      return undefined
  }
}

/** The schemas of the contract speak so in answers of the API and beside the fields of the console. */
z.config({ customError: toIssueWords })
