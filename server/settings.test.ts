import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeSettings } from './process-environment.ts'
import { describeSettings, parseSettings } from './settings.ts'

const secret = 's'.repeat(32)

test('without any setting, everything runs here, reachable from this machine alone', () => {
  expect(parseSettings({ PORT: '', STEPGATE_ROLES: ' ' })).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    roles: ['gateway', 'console', 'worker'],
    databaseUrl: null,
    givenSecret: null,
    oidc: null,
    trustedProxies: [],
  })
})

test('the public URL has no slash at its end, and an issuer keeps its own', () => {
  const oidc = {
    STEPGATE_OIDC_ISSUER: 'https://id.example.com/',
    STEPGATE_OIDC_CLIENT_ID: 'stepgate',
    STEPGATE_OIDC_CLIENT_SECRET: 'x',
  }
  const settings = parseSettings({ STEPGATE_PUBLIC_URL: 'https://gate.example.com/', ...oidc })
  expect(settings.publicUrl).toBe('https://gate.example.com')
  expect(settings.oidc?.issuer).toBe('https://id.example.com/')
})

test('proxies are networks, a single address included', () => {
  const { trustedProxies } = parseSettings({ STEPGATE_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7,2001:db8::1' })
  expect(trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.7/32', '2001:db8::1/128'])
})

test.each([
  ['PORT', '65536'],
  ['PORT', '3000.5'],
  ['STEPGATE_PUBLIC_URL', 'gate.example.com'],
  ['STEPGATE_PUBLIC_URL', 'https://example.com/gate'],
  ['STEPGATE_PUBLIC_URL', 'https://user:pass@example.com'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['STEPGATE_SECRET', 'short'],
  ['STEPGATE_SECRET_PREVIOUS', 'brief'],
  ['STEPGATE_SECRET_COMMAND', 'vault read secret'],
  ['STEPGATE_SECRET_COMMAND', '[]'],
  ['STEPGATE_SECRET_COMMAND', '["vault", 1]'],
  ['STEPGATE_SECRET_PREVIOUS_COMMAND', '"vault"'],
  ['STEPGATE_ROLES', 'gateway,everything'],
  ['STEPGATE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['STEPGATE_OIDC_DEFAULT_ROLE', 'root'],
  ['LOG_LEVEL', 'loud'],
])('a wrong %s is named, and its value is not repeated', (name, value) => {
  const message = (() => {
    try {
      parseSettings({ [name]: value })
    } catch (error) {
      return (error as Error).message
    }
    return ''
  })()
  expect(message).toMatch(new RegExp(`^${name} must .+\\.$`))
  expect(message).not.toContain(value)
})

test('an identity provider is complete or absent', () => {
  expect(() => parseSettings({ STEPGATE_OIDC_ISSUER: 'https://id.example.com' })).toThrow(
    'STEPGATE_OIDC_CLIENT_ID and STEPGATE_OIDC_CLIENT_SECRET must be set too',
  )
})

test('a secret is given itself or in a file, and a file that does not hold one is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepgate-settings-'))
  const file = join(folder, 'secret')
  writeFileSync(file, `${secret}\n`)
  const given = parseSettings({ NODE_ENV: 'production', STEPGATE_SECRET_FILE: file })
  expect(given.givenSecret).toEqual({ file, setting: 'STEPGATE_SECRET_FILE' })
  expect(() => parseSettings({ STEPGATE_SECRET: secret, STEPGATE_SECRET_FILE: file })).toThrow(
    'STEPGATE_SECRET and STEPGATE_SECRET_FILE exclude each other.',
  )
  writeFileSync(file, 'short')
  expect(() => parseSettings({ STEPGATE_SECRET_PREVIOUS_FILE: file })).toThrow(
    'STEPGATE_SECRET_PREVIOUS_FILE must name a file with a secret of at least 32 bytes.',
  )
  rmSync(folder, { recursive: true })
  expect(() => parseSettings({ STEPGATE_SECRET_FILE: file })).toThrow(
    'STEPGATE_SECRET_FILE names a file that cannot be read (ENOENT).',
  )
})

test('a secret has one source', () => {
  const sources = { SECRET: secret, SECRET_FILE: '/run/secret', SECRET_COMMAND: '["print-secret"]' }
  for (const other of ['SECRET', 'SECRET_FILE'] as const)
    expect(() =>
      parseSettings({ [`STEPGATE_${other}`]: sources[other], STEPGATE_SECRET_COMMAND: sources.SECRET_COMMAND }),
    ).toThrow(`STEPGATE_${other} and STEPGATE_SECRET_COMMAND exclude each other.`)
  const given = parseSettings({ NODE_ENV: 'production', STEPGATE_SECRET_COMMAND: '["print-secret", "of stepgate"]' })
  expect(given.givenSecret).toEqual({ command: ['print-secret', 'of stepgate'], setting: 'STEPGATE_SECRET_COMMAND' })
})

test('what is secret does not stay in the environment that other programs inherit', () => {
  const environment = {
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://a:b@c/d',
    STEPGATE_SECRET: secret,
    STEPGATE_SECRET_PREVIOUS: `previous ${secret}`,
    PORT: '4',
  } as NodeJS.ProcessEnv
  expect(takeSettings(environment)).toMatchObject({
    ...{ databaseUrl: 'postgres://a:b@c/d', port: 4 },
    ...{ givenSecret: { value: secret }, givenPreviousSecret: { value: `previous ${secret}` } },
  })
  expect(environment).toEqual({ NODE_ENV: 'test', PORT: '4' })
})

test('the README lists the settings there are', () => {
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(describeSettings())
})
