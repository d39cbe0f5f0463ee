export interface SignInError {
  readonly code: string
  readonly detail: string
  readonly fields: readonly { readonly field: string; readonly detail: string }[]
}

const OWN_WORDS: Readonly<Record<string, string>> = {
  AccessDenied: 'The identity provider let you in, but Stepgate has no account for you. Ask an administrator for one.',
  OAuthCallback: 'The identity provider’s answer could not be used. Try again; if it stays so, ask an administrator.',
  OAuthSignin: 'The identity provider cannot be reached. Try again in a moment.',
  Configuration: 'Signing in is not set up correctly. The log of the console says what is missing.',
}

/** Reads what next-auth hands on: the gateway's refusal as JSON, or one of next-auth's own codes. */
export function toSignInError(message: string): SignInError {
  try {
    const parsed = JSON.parse(message) as Partial<SignInError> // a wrong shape falls through to the words below
    if (typeof parsed.detail === 'string')
      return { code: parsed.code ?? '', detail: parsed.detail.slice(0, 500), fields: parsed.fields ?? [] }
  } catch {
    // One of next-auth's codes.
  }
  return { code: message, detail: OWN_WORDS[message] ?? 'Signing in failed. Try again.', fields: [] }
}
