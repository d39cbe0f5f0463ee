import { TokenError } from '#lib/control/token/token-error.ts'

export const FORM_BYTES_MAX = 65_536
/** As nearly every client names it. */
export const PLAIN_FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i

const PARAMETERS_MAX = 50
/** A resource may be named several times (RFC 8707); nothing else may (RFC 6749, section 3.2). */
const REPEATABLE = new Set(['resource', 'audience'])

const CONTROL_CHARACTERS = /[\0-\x1f\x7f]/

/** What a form says, once looked at: each parameter once, no control characters. Throws `invalid_request` and names the parameter. */
export function parseForm(body: unknown): URLSearchParams {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams()
  const seen: string[] = []
  if (form.size > PARAMETERS_MAX) throw new TokenError('invalid_request', 'There are too many parameters.')
  form.forEach((value, name) => {
    if (!/^[\w.-]{1,100}$/.test(name))
      throw new TokenError('invalid_request', 'A parameter has a name that no parameter has.')
    if (CONTROL_CHARACTERS.test(value)) throw new TokenError('invalid_request', `${name} contains control characters.`)
    if (seen.includes(name) && !REPEATABLE.has(name))
      throw new TokenError('invalid_request', `${name} is given more than once.`)
    seen.push(name)
  })
  return form
}
