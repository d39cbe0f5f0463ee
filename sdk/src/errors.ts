/** A setting is missing or cannot be used. Thrown by `createStepgate` before anything starts; the message never shows a secret. */
export class StepgateConfigurationError extends Error {
  /** The setting at fault, as an option and as an environment variable: `configKey (STEPGATE_CONFIG_KEY)`. */
  readonly setting: string

  constructor(setting: string, problem: string) {
    super(`Stepgate: ${setting} ${problem}`)
    this.name = 'StepgateConfigurationError'
    this.setting = setting
  }
}

/** Why no access token could be had. `refused`: the control plane said no; `unavailable`: it could not be asked. */
export type StepgateTokenErrorCode = 'refused' | 'unavailable' | 'closed'

/** An access token could not be obtained and none that is still valid was at hand. */
export class StepgateTokenError extends Error {
  readonly code: StepgateTokenErrorCode
  readonly audience: string
  /** HTTP status of the token endpoint; null when there was no answer. */
  readonly status: number | null

  constructor(code: StepgateTokenErrorCode, audience: string, detail: string, status: number | null = null) {
    super(`Stepgate: no access token for "${audience}": ${detail}`)
    this.name = 'StepgateTokenError'
    this.code = code
    this.audience = audience
    this.status = status
  }
}
