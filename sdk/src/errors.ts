/**
 * Every code the package throws or emits, by how it arrives: as the `code` of an error, or of a `security` or `error` event.
 * The README lists exactly these.
 */
export const ERROR_CODES = {
  StepgateConfigurationError: {
    configuration: 'a setting is missing, cannot be used or does not exist; `setting` says which',
  },
  StepgateTokenError: {
    refused: 'the control plane refuses the token; `status` says how',
    unavailable: 'the control plane could not be asked, or answered with something else than a token',
    'subject-missing': 'the request on whose behalf a call was to be made carries no token',
  },
  StepgateUsageError: {
    'not-a-stepgate': 'something was handed over that `createStepgate()` did not answer',
    'not-an-application': 'something was handed over that is no application of the framework',
    'name-unknown': 'there is no option or event of this name; the message lists those that there are',
    'value-unusable': 'a value that was handed over cannot be used; the message names it and says what is allowed',
    'already-protected': 'the application is protected already',
    'registered-too-late': 'there are routes already, which would not be guarded',
    'endpoint-unusable': 'an endpoint needs a method, a path that begins with a slash, and a function that handles it',
    'framework-unknown': 'this version of the framework works in a way that is not known; nothing can be guarded',
    'testing-in-production': 'the testing kit was to be used with `NODE_ENV=production`',
    'endpoint-not-declared': 'a test names an endpoint that is neither in its configuration nor registered',
    'endpoint-not-routed': 'a test declares an endpoint that is no route of its application',
    'issuer-not-found': 'a test asks for a token of an issuer that its configuration does not trust',
  },
  security: {
    'snapshot-unsigned': 'a configuration without a signature by a pinned configuration key was refused',
    'snapshot-foreign': 'a configuration of another service was refused',
    'snapshot-older': 'a configuration with a lower revision than the present one was refused',
    'snapshot-conflict': 'a configuration with the present revision and other content was refused',
    'epoch-changed': 'the control plane counts revisions anew: its database was restored or replaced',
    'credential-refused': 'the control plane refuses the credential of this service',
  },
  error: {
    'snapshot-invalid': 'a configuration that is signed but cannot be read was refused',
    'part-missing': 'a part of the package that is needed cannot be loaded; the configuration before stays in force',
    'key-unusable': 'a key of an issuer cannot be used; its tokens are refused',
    'decision-failed': 'an error of ours: enforced endpoints answer 503, others let the request pass',
    'poll-failed': 'the configuration could not be polled; told once until it can be again',
    'disk-unreadable': 'what is kept in `stateDir` cannot be read',
    'disk-unwritable': 'what is kept in `stateDir` cannot be written',
    'geo-unavailable': 'where addresses lie cannot be told; rules that ask for it deny',
    'condition-unusable': 'a condition of a rule cannot be read, so it never holds',
    'report-failed': 'decisions could not be reported; told once until they can be again',
    'decisions-refused': 'the control plane refuses reported decisions; they are counted as dropped',
    'inventory-failed': 'routes could not be reported; told once until they can be again',
    'inventory-cut': 'there are more routes than can be reported; all are guarded',
  },
} as const

/** `code` of a `security` event. */
export type SecurityCode = keyof typeof ERROR_CODES.security

/** `code` of an `error` event. */
export type FailureCode = keyof typeof ERROR_CODES.error

/** `code` of a {@link StepgateTokenError}. `refused`: the control plane said no; `unavailable`: it could not be asked; `subject-missing`: there was nothing to ask with. */
export type StepgateTokenErrorCode = keyof typeof ERROR_CODES.StepgateTokenError

/** `code` of a {@link StepgateUsageError}. */
export type StepgateUsageErrorCode = keyof typeof ERROR_CODES.StepgateUsageError

/** What all errors of the package have in common. */
class StepgateError extends Error {
  /** Made by those that extend it. */
  constructor(name: string, problem: string) {
    super(`Stepgate: ${problem}`)
    this.name = name
    // Built code has short names for classes, and an error that nobody catches is shown by that of its class.
    Object.defineProperty(this.constructor, 'name', { value: name })
  }
}

/** A setting is missing, cannot be used or does not exist. Thrown by `createStepgate` before anything starts; the message never shows a secret. */
export class StepgateConfigurationError extends StepgateError {
  /** Always `configuration`. */
  readonly code = 'configuration'
  /** Name of the option at fault: `configKey`. */
  readonly setting: string
  /** The environment variable of the option, `STEPGATE_CONFIG_KEY`; null where it has none. */
  readonly variable: string | null

  /** Made by `createStepgate`. */
  constructor(setting: string, variable: string | null, problem: string) {
    super('StepgateConfigurationError', `${variable === null ? setting : `${setting} (${variable})`} ${problem}`)
    this.setting = setting
    this.variable = variable
  }
}

/** The package is used in a way that cannot be meant, or would leave requests unguarded. Thrown by the call that is at fault, never into a request. */
export class StepgateUsageError extends StepgateError {
  /** What is wrong; the README lists the codes. */
  readonly code: StepgateUsageErrorCode

  /** Made by whatever is called wrongly. */
  constructor(code: StepgateUsageErrorCode, problem: string) {
    super('StepgateUsageError', problem)
    this.code = code
  }
}

/** An access token could not be obtained and none that is still valid was at hand. Thrown by `getToken` and `fetch`. */
export class StepgateTokenError extends StepgateError {
  /** Whether the control plane said no or could not be asked. */
  readonly code: StepgateTokenErrorCode
  /** The service the token was to be for. */
  readonly audience: string
  /** HTTP status of the token endpoint; null when there was no answer. */
  readonly status: number | null
  /** What the token endpoint said, or what kept it from saying something: `ECONNREFUSED`. */
  readonly detail: string

  /** Made by `getToken`. */
  constructor(code: StepgateTokenErrorCode, audience: string, detail: string, status: number | null = null) {
    super('StepgateTokenError', `no access token for "${audience}": ${detail}`)
    this.code = code
    this.audience = audience
    this.detail = detail
    this.status = status
  }
}
