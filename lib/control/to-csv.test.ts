import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toCsvLine } from './to-csv.ts'

const CHARACTERS = fc.constantFrom(',', '"', '\r', '\n', '\t', '=', '+', '-', '@', "'", ' ', 'a', 'é')

describe('a line of CSV', () => {
  it('quotes commas, quotes and line ends, and ends with CRLF', () => {
    expect(toCsvLine(['plain', 'a,b', 'say "so"', 'two\nlines'])).toBe('plain,"a,b","say ""so""","two\nlines"\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])('keeps %j from being a formula', (text) => {
    expect(toCsvLine([text]).replace(/^"/, '')).toMatch(/^'/)
  })

  it('leaves nothing in a cell where there is nothing, and writes objects as JSON', () => {
    expect(toCsvLine([null, undefined, '', 0, true, ['a']])).toBe(',,,0,true,"[""a""]"\r\n')
  })

  it('gives back every text, but for the mark before a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: CHARACTERS }), { minLength: 1 }), (cells) => {
        const read = readLine(toCsvLine(cells))
        expect(read.map((cell, index) => (cells[index] === cell ? cell : cell.replace(/^'/, '')))).toEqual(cells)
        expect(read.every((cell) => !/^[=+\-@\t\r\n]/.test(cell))).toBe(true)
      }),
    )
  })
})

/** As a reader of RFC 4180 would: quoted cells and bare ones. */
function readLine(line: string): string[] {
  const cells = `,${line.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)
  return [...cells].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '')
}
