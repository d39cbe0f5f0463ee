import { StepgateConfigurationError } from './errors.ts'
import { findNear } from './near-name.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Those that say more than their option. */
const VARIABLES: Readonly<Record<string, string>> = { publicUrl: 'SERVICE_URL', geoDatabases: 'GEO_COUNTRY_DB' }

/** `STEPGATE_CLIENT_ID` for `clientId`. */
export const variableOf = (option: string): string =>
  `STEPGATE_${VARIABLES[option] ?? option.replace(/[A-Z]/g, '_$&').toUpperCase()}`

/** Reads settings: options, and from the environment what is not given as one. */
export class SettingReader<Options extends object> {
  readonly options: Options
  readonly env: Environment

  constructor(options: Options, env: Environment) {
    this.options = options
    this.env = env
  }

  /** Without blanks around it; undefined when it is missing or empty. */
  text(option: keyof Options & string): string | undefined {
    const stated = (this.options[option] as string | boolean | undefined) ?? this.env[variableOf(option)] // others are read as they are
    const text = stated === undefined ? '' : String(stated).trim()
    return text === '' ? undefined : text
  }

  /** A list, as such or as a text with commas, without what is empty. Throws what it must be for anything else. */
  list(option: keyof Options & string, problem: string): string[] {
    const stated: unknown = this.options[option] ?? this.text(option) ?? []
    const items: unknown = typeof stated === 'string' ? stated.split(',') : stated
    if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) return this.fail(option, problem)
    return (items as string[]).map((item) => item.trim()).filter((item) => item !== '') // looked at above
  }

  /** Throws when it is missing. */
  requireText(option: keyof Options & string): string {
    return this.text(option) ?? this.failMissing(option)
  }

  /** An http or https address without a slash at the end. Throws for anything else, and for one that carries a password or a query. */
  toAddress(option: keyof Options & string, text: string): string {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}${url.search}` !== '')
      return this.fail(option, 'must be an http or https address without credentials and query')
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  }

  /** One of the words. Throws for any other. */
  oneOf<Word extends string, Otherwise extends Word | null>(
    option: keyof Options & string,
    words: readonly Word[],
    otherwise: Otherwise,
  ): Word | Otherwise {
    const text = this.text(option)
    if (text === undefined) return otherwise
    return words.find((word) => word === text) ?? this.fail(option, `must be one of ${words.join(', ')}`)
  }

  /** Names a variable that looks like the one that is missing. */
  failMissing(option: keyof Options & string, advice = ''): never {
    const variable = variableOf(option)
    const others = Object.keys(this.env).filter((name) => name !== variable && name.startsWith('STEPGATE_'))
    const near = findNear(variable, others)
    return this.fail(option, `is missing${advice}${near === undefined ? '' : `; perhaps ${near} should be it`}`)
  }

  fail(option: keyof Options & string, problem: string): never {
    throw new StepgateConfigurationError(option, variableOf(option), problem)
  }
}
