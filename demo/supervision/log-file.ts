import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

const LOG_BYTES_MAX = 4 * 1024 * 1024

export interface LogFile {
  readonly path: string
  write(line: string): void
  /** Writes each line of the stream with the time before it. */
  follow(stream: Readable): void
  close(): void
}

/** One log for each program; a long one makes room at the next start. */
export function openLogFile(folder: string, name: string): LogFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.log`)
  if (existsSync(path) && statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.1`)
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  // A full disk must not stop the fleet.
  stream.on('error', () => undefined)
  const write = (line: string): void => {
    stream.write(`${new Date().toISOString()} ${line}\n`)
  }
  return {
    path,
    write,
    follow: (source) => createInterface({ input: source }).on('line', write),
    close: () => stream.end(),
  }
}
