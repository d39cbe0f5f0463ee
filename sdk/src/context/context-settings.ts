import type { SettingReader } from '../setting-reader.ts'
import type { GeoLookup } from './geo-lookup.ts'

/**
 * Which signals are looked for: `off` none, `rules` those that some rule of this service names, `all` every one, which fills
 * the evidence before there is a rule.
 */
export const SIGNAL_WATCHES = ['off', 'rules', 'all'] as const
/** Which signals are looked for: none, those that some rule of the service names (the default), or all. */
export type SignalWatch = (typeof SIGNAL_WATCHES)[number]

/** Settings of what surrounds a request besides its token. */
export interface ContextOptions {
  /** Tells where an address lies, in place of database files. Asked within requests: it must answer from memory. */
  readonly geo?: GeoLookup
  /** Files in MaxMind DB format that tell where an address lies (STEPGATE_GEO_COUNTRY_DB, STEPGATE_GEO_ASN_DB); a list of paths, or a text with commas. Without any, rules that ask for a country or a system deny. */
  readonly geoDatabases?: string | readonly string[]
  /** Which signals are looked for: `off`, `rules` (the default: those a rule names) or `all` (STEPGATE_CONTEXT_SIGNALS). */
  readonly contextSignals?: SignalWatch
}

export interface ContextSettings {
  readonly geo: GeoLookup | null
  readonly geoDatabases: readonly string[]
  readonly contextSignals: SignalWatch
}

function readDatabases(reader: SettingReader<ContextOptions>): string[] {
  const { options, env } = reader
  if (options.geoDatabases !== undefined)
    return reader.list('geoDatabases', 'must list files, as /country.mmdb,/asn.mmdb')
  const paths = [env['STEPGATE_GEO_COUNTRY_DB'] ?? '', env['STEPGATE_GEO_ASN_DB'] ?? '']
  return paths.map((path) => path.trim()).filter((path) => path !== '')
}

/** Reads the settings of the context. Throws for one that cannot be used. */
export const parseContextSettings = (reader: SettingReader<ContextOptions>): ContextSettings => ({
  geo: reader.options.geo ?? null,
  geoDatabases: reader.options.geo === undefined ? readDatabases(reader) : [],
  contextSignals: reader.oneOf('contextSignals', SIGNAL_WATCHES, 'rules'),
})
