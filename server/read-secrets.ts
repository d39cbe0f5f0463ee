import { readFileSync } from 'node:fs'
import type { Secrets } from '#lib/control/signing-key/key-cipher.ts'
import { runSecretCommand, type SecretCommand } from './run-secret-command.ts'
import { StartupError } from './startup-error.ts'

export const SECRET_BYTES_MIN = 32

/** Where a secret is given: itself, or in a file that may change while the program runs. */
export type SecretSource = { readonly value: string } | { readonly file: string; readonly setting: string }
/** As the settings have it: perhaps by a program that prints it, which is run when Stepgate starts. */
export type GivenSecret = SecretSource | { readonly command: SecretCommand; readonly setting: string }

/** Runs the program, where there is one: once. */
export function toSecretSource(given: GivenSecret): SecretSource {
  if (!('command' in given)) return given
  const { command, setting } = given
  const printed = runSecretCommand(command, setting).trim()
  if (Buffer.byteLength(printed) >= SECRET_BYTES_MIN) return { value: printed }
  throw new StartupError(
    `${setting} must name a program that prints a secret of at least ${SECRET_BYTES_MIN.toString()} bytes.`,
  )
}

/** Throws one sentence that names the setting, and never the secret. */
export function readSecret(source: SecretSource): string {
  if ('value' in source) return source.value
  const { file, setting } = source
  const secret = readFile(file, setting).trim()
  if (Buffer.byteLength(secret) >= SECRET_BYTES_MIN) return secret
  throw new StartupError(`${setting} must name a file with a secret of at least ${SECRET_BYTES_MIN.toString()} bytes.`)
}

function readFile(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartupError(
      `${setting} names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? ''}).`,
      {
        cause: error,
      },
    )
  }
}

/**
 * The secrets as they are at the moment. A file that cannot be read leaves what was read last; a secret that a file held before still
 * decrypts, until the program ends.
 */
export function followSecrets(current: SecretSource, previous: SecretSource | null): () => Secrets {
  const readCurrent = keepLast(current)
  const readPrevious = previous === null ? null : keepLast(previous)
  const seen = new Set<string>()
  return () => {
    const secret = readCurrent()
    seen.add(secret)
    if (readPrevious !== null) seen.add(readPrevious())
    return { current: secret, others: [...seen].filter((other) => other !== secret) }
  }
}

/** The first time a secret must be there. */
function keepLast(source: SecretSource): () => string {
  let last = readSecret(source)
  return () => {
    try {
      last = readSecret(source)
    } catch (error) {
      if (!(error instanceof StartupError)) throw error
    }
    return last
  }
}
