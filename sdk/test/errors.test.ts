/** Every code that is thrown or emitted is in one table, and the README lists exactly that table. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ERROR_CODES } from '../src/errors.ts'

const sdk = fileURLToPath(new URL('..', import.meta.url))
const source = globSync('src/**/*.ts', { cwd: sdk })
  .map((file) => readFileSync(join(sdk, file), 'utf8'))
  .join('\n')

const entries = Object.entries(ERROR_CODES).flatMap(([arrivesAs, codes]) =>
  Object.entries(codes).map(([code, meaning]) => ({ arrivesAs, code, meaning })),
)

it('is listed in the README with the same words', () => {
  const readme = readFileSync(join(sdk, 'README.md'), 'utf8')
  const section = readme.split('\n## ').find((part) => part.startsWith('Errors and codes')) ?? ''
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\| (.+?) +\|$/gm)].map(
    ([, arrivesAs, code, meaning]) => ({
      arrivesAs,
      code,
      meaning,
    }),
  )
  expect(rows).toEqual(entries)
})

it.each(entries)('$code is used by the source', ({ code }) => {
  const catalogue = readFileSync(join(sdk, 'src/errors.ts'), 'utf8')
  const uses = source.replace(catalogue, '').split(`'${code}'`).length - 1
  expect(code === 'configuration' || uses > 0).toBe(true)
})

/** Errors that stay inside: they become a code before anybody sees them. */
const INSIDE = ['HttpExchangeError', 'SnapshotFormatError']

it('leaves no error of an adapter or of an entry without a code', () => {
  const files = globSync(['src/*.ts', 'src/adapters/**/*.ts', 'src/guard/*.ts'], { cwd: sdk })
  const thrown = files.flatMap((file) =>
    [...readFileSync(join(sdk, file), 'utf8').matchAll(/new (\w*Error)\(/g)].map(
      ([, name]) => `${file}: ${String(name)}`,
    ),
  )
  const withCode = Object.keys(ERROR_CODES)
  expect(thrown.filter((name) => ![...withCode, ...INSIDE].some((known) => name.endsWith(`: ${known}`)))).toEqual([])
})
