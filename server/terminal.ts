import { StoreError } from '#lib/store/store-error.ts'
import { StartupError } from './startup-error.ts'

/** Progress lines for the person who starts Stepgate. */
export const report = {
  onStep: (name: string, tookMs: number): void => {
    process.stdout.write(`✓ ${name} (${(tookMs / 1_000).toFixed(1)} s)\n`)
  },
  onNotice: (sentence: string): void => {
    process.stderr.write(`${sentence}\n`)
  },
}

/** One clear sentence, and a stack trace only where somebody asked for detail. */
export function failToStart(error: unknown): never {
  const expected = error instanceof StartupError || error instanceof StoreError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(expected ? `${message}\n` : `Stepgate could not start: ${message.split('\n')[0] ?? ''}\n`)
  if (!expected && ['debug', 'trace'].includes(process.env['LOG_LEVEL'] ?? '') && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`)
  process.exit(1)
}

/** Stops on Ctrl-C, SIGTERM and a closed terminal; at once when asked twice. */
export function endWhenAsked(close: () => Promise<void>): void {
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130)
      asked = true
      process.stdout.write('\nStopping …\n')
      void close().finally(() => process.exit(0))
    })
  }
}
