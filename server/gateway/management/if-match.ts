import { ControlError } from '#lib/control/control-error.ts'

const POINTER = 'header/if-match'

/** Version that the caller has read. `*` would mean "whatever it is now", which is what If-Match is here to prevent. */
export function parseIfMatch(header: string | undefined): number {
  if (header === undefined)
    throw new ControlError('version-required', 'Send the version you have read as If-Match: "<version>".', [
      { pointer: POINTER, detail: 'is required' },
    ])
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1]
  if (version === undefined)
    throw new ControlError('invalid-request', `${POINTER}: must be one version in quotes, such as "3".`, [
      { pointer: POINTER, detail: 'must be one version in quotes, such as "3"' },
    ])
  return Number(version)
}

export const toETag = (version: number): string => `"${version}"`

/** Version of an answer: that of the object, or of its setting where the route is about that. */
export function versionOf(answer: unknown, path: string): number | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { version, settingsVersion } = answer as { version?: unknown; settingsVersion?: unknown }
  const shown = path.endsWith('/setting') ? settingsVersion : version
  return typeof shown === 'number' ? shown : undefined
}
