/** The README says what the package does: what somebody copies from it works. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { variableOf } from '../src/setting-reader.ts'
import { OPTION_NAMES } from '../src/settings.ts'
import { SDK_FOLDER } from './packed-package.ts'

const readme = readFileSync(join(SDK_FOLDER, 'README.md'), 'utf8')
const sectionOf = (title: string): string => readme.split('\n## ').find((part) => part.startsWith(title)) ?? ''
const programsOf = (section: string): string[] =>
  [...section.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, program = '']) => program)

const starts = programsOf(sectionOf('Three lines')).filter((program) => !program.includes('/next'))

it.each(starts)('begins once, and waits for the first configuration before it listens: %s', (program) => {
  const lines = ['const stepgate = createStepgate()', 'await stepgate.started', 'listen(', 'serve(']
  const [made = -1, waited = -1, ...listens] = lines.map((line) => program.indexOf(line))
  expect(made).toBeGreaterThan(0)
  expect(waited).toBeGreaterThan(made)
  expect(Math.max(...listens)).toBeGreaterThan(waited)
  expect(program.split('createStepgate(').length).toBe(2)
})

it('has such a start for every framework but Next, which waits by itself', () => {
  expect(starts).toHaveLength(6)
})

const WITHOUT_VARIABLE = ['geo', 'logger', 'framework']
const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

it('lists every setting, by option and by variable', () => {
  const rows = [...sectionOf('Settings').matchAll(/^\|([^|]*)\|([^|]*)\|.*\|$/gm)].slice(2)
  const listed = rows.map(([, variables = '', options = '']) => [namesIn(options), namesIn(variables)] as const)
  expect(listed.flatMap(([options]) => options).sort()).toEqual([...OPTION_NAMES].sort())
  for (const [options, variables] of listed) {
    const expected = options.filter((option) => !WITHOUT_VARIABLE.includes(option)).map(variableOf)
    const asn = options.includes('geoDatabases') ? ['STEPGATE_GEO_ASN_DB'] : []
    expect(variables).toEqual([...expected, ...asn])
  }
})
