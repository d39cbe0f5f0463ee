import { spawnSync } from 'node:child_process'
import { StartupError } from './startup-error.ts'

/** A program and its arguments. */
export type SecretCommand = readonly [program: string, ...rest: string[]]

const ENDS_WITHIN_MS = 30_000
const OUTPUT_BYTES_MAX = 65_536

/**
 * What a program prints, such as the client of a key management service. It is run without a shell; what it complains about is for the
 * person who starts Stepgate. Throws one sentence that names the setting, and nothing that was printed.
 */
export function runSecretCommand(
  [program, ...parameters]: SecretCommand,
  setting: string,
  endsWithinMs = ENDS_WITHIN_MS,
): string {
  const { error, status, signal, stdout } = spawnSync(program, parameters, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: endsWithinMs,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_BYTES_MAX,
    windowsHide: true,
  })
  if (error !== undefined) throw new StartupError(`${setting} ${describe(error, endsWithinMs)}.`)
  if (status !== 0) throw new StartupError(`${setting} names a program that ended with ${String(status ?? signal)}.`)
  return stdout
}

function describe({ code = '' }: NodeJS.ErrnoException, endsWithinMs: number): string {
  if (code === 'ETIMEDOUT')
    return `names a program that did not end within ${(endsWithinMs / 1_000).toString()} seconds`
  if (code === 'ENOBUFS') return `names a program that prints more than ${OUTPUT_BYTES_MAX.toString()} bytes`
  return `names a program that cannot be run (${code})`
}
