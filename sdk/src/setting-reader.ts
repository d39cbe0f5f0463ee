import { StepgateConfigurationError } from './errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `STEPGATE_CLIENT_ID` for `clientId`: a variable has the name of its option, except for one that says more. */
const variableOf = (option: string): string =>
  option === 'publicUrl' ? 'STEPGATE_SERVICE_URL' : `STEPGATE_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`

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

  /** Throws when it is missing. */
  requireText(option: keyof Options & string): string {
    return this.text(option) ?? this.fail(option, 'is missing')
  }

  /** An http or https address without a slash at the end. Throws for anything else, and for one that carries a password or a query. */
  toAddress(option: keyof Options & string, text: string): string {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}${url.search}` !== '')
      return this.fail(option, 'must be an http or https address without credentials and query')
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  }

  /** One of the words. Throws for any other. */
  oneOf<Word extends string>(option: keyof Options & string, words: readonly Word[], otherwise: Word): Word {
    const text = this.text(option) ?? otherwise
    return words.find((word) => word === text) ?? this.fail(option, `must be one of ${words.join(', ')}`)
  }

  fail(option: keyof Options & string, problem: string): never {
    throw new StepgateConfigurationError(`${option} (${variableOf(option)})`, problem)
  }
}
