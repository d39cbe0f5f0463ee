const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  unsupported_token_type: 400,
  slow_down: 429,
  temporarily_unavailable: 503,
  server_error: 500,
} as const

export type TokenErrorCode = keyof typeof STATUS

/** A refusal of the token endpoints (RFC 6749, section 5.2; RFC 7009; RFC 8707; RFC 9449). */
export class TokenError extends Error {
  readonly code: TokenErrorCode
  /** As what the refusal is counted: something that is good once was sent again, or a plain refusal. */
  readonly event: 'refused' | 'reused' | 'replayed'
  /** Null: nothing is gained by waiting. */
  readonly retryAfterSeconds: number | null

  constructor(
    code: TokenErrorCode,
    description: string,
    event: TokenError['event'] = 'refused',
    retryAfterSeconds: number | null = null,
  ) {
    super(description)
    this.name = 'TokenError'
    this.code = code
    this.event = event
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return STATUS[this.code]
  }
}
