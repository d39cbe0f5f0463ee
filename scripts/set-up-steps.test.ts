import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CONSOLE, hashContent, isStale, markDone, PACKAGES, SDK, toStepEnvironment } from './set-up-steps.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepgate-set-up-'))
  write('package-lock.json', '{}')
  write('sdk/src/index.ts', 'export {}')
  write('lib/policy/evaluate.ts', 'export {}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

const finish = (step: typeof SDK) => {
  write(step.output, '')
  markDone(root, step, hashContent(root, step.inputs))
}

test('a step is stale until it was done, and again when its output is gone', () => {
  expect(isStale(root, PACKAGES)).toBe(true)
  finish(PACKAGES)
  expect(isStale(root, PACKAGES)).toBe(false)
  rmSync(join(root, PACKAGES.output))
  expect(isStale(root, PACKAGES)).toBe(true)
})

test('packages depend on the lock file alone', () => {
  finish(PACKAGES)
  write('package.json', '{"scripts":{"new":"true"}}')
  write('scripts/bootstrap.mjs', '')
  expect(isStale(root, PACKAGES)).toBe(false)
  write('package-lock.json', '{"lockfileVersion":3}')
  expect(isStale(root, PACKAGES)).toBe(true)
})

test('a changed, added, renamed or removed source makes what is built from it stale', () => {
  for (const change of [
    () => write('sdk/src/index.ts', 'export const one = 1'),
    () => write('lib/policy/new.ts', ''),
    () => rmSync(join(root, 'lib/policy/new.ts')),
  ]) {
    finish(SDK)
    expect(isStale(root, SDK)).toBe(false)
    change()
    expect(isStale(root, SDK)).toBe(true)
  }
})

test('a touched file, a test and another room change nothing', () => {
  finish(SDK)
  write('sdk/src/index.ts', 'export {}')
  write('sdk/src/index.test.ts', 'test')
  write('app/page.tsx', 'page')
  expect(isStale(root, SDK)).toBe(false)
})

test('what changes while a step runs leaves it stale', () => {
  const before = hashContent(root, CONSOLE.inputs)
  write('app/page.tsx', 'new')
  write(CONSOLE.output, '')
  markDone(root, CONSOLE, before)
  expect(isStale(root, CONSOLE)).toBe(true)
})

test('no step gets a secret, or runs the programs of the folder that is being replaced', () => {
  const secrets = {
    DATABASE_URL: 'postgres://ann:hunter2@x/y',
    STEPGATE_SECRET: 'hunter2',
    STEPGATE_SECRET_COMMAND: '["print", "hunter2"]',
    STEPGATE_SECRET_PREVIOUS: 'hunter2',
    STEPGATE_SECRET_PREVIOUS_COMMAND: '["print", "hunter2"]',
    STEPGATE_OIDC_CLIENT_SECRET: 'hunter2',
  }
  const environment = { PATH: '/clone/node_modules/.bin:/usr/bin', HOME: '/h', ...secrets }
  const given = toStepEnvironment('/clone', environment, { NODE_ENV: 'production' })
  expect(given).toMatchObject({ PATH: '/usr/bin', HOME: '/h', NODE_ENV: 'production' })
  expect(JSON.stringify(given)).not.toContain('hunter2')
})
