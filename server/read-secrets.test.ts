import { expect, test } from 'vitest'
import { toSecretSource } from './read-secrets.ts'
import { runSecretCommand, type SecretCommand } from './run-secret-command.ts'

const setting = 'STEPGATE_SECRET_COMMAND'
const secret = 's'.repeat(32)
const program = (text: string, ...rest: string[]): SecretCommand => [process.execPath, '-e', text, ...rest]

test('the secret is what the program prints, whose arguments no shell has read', () => {
  const command = program('console.log(process.argv[1])', `$HOME; ${secret}`)
  expect(toSecretSource({ command, setting })).toEqual({ value: `$HOME; ${secret}` })
})

test.each([
  [program(`console.log('brief')`), 'must name a program that prints a secret of at least 32 bytes'],
  [program(''), 'must name a program that prints a secret of at least 32 bytes'],
  [program(`console.log('${secret}'); process.exitCode = 3`), 'names a program that ended with 3'],
  [program(`process.stdout.write('${secret}'.repeat(5_000))`), 'names a program that prints more than 65536 bytes'],
  [['/nowhere/print-secret'] as const, 'names a program that cannot be run (ENOENT)'],
])('a program that gives no secret is a reason not to start: %#', (command, reason) => {
  const fail = () => toSecretSource({ command, setting })
  expect(fail).toThrow(`${setting} ${reason}.`)
  expect(fail).not.toThrow(secret)
})

test('a program that does not end is ended, also where it would rather not', () => {
  const stubborn = program(`process.on('SIGTERM', () => {}); console.log('${secret}'); setInterval(() => {}, 1_000)`)
  expect(() => runSecretCommand(stubborn, setting, 500)).toThrow(
    `${setting} names a program that did not end within 0.5 seconds.`,
  )
})
