import type { RequestListener } from 'node:http'

export interface Doors {
  readonly configPoll: RequestListener
  readonly introspection: RequestListener
  readonly framework: RequestListener
  readonly console: RequestListener
}

const CONFIG_POLL = '/v1/config'
const INTROSPECTION = '/oauth/introspect'
// Below /e/<environment> only what belongs to its token issuer is the gateway's; the console's pages live there too.
const GATEWAY_PATH =
  /^\/(?:(?:v1|oauth|\.well-known|api\/v1|livez|readyz|metrics)(?:[/?]|$)|e\/[^/?]*\/(?:jwks\.json|\.well-known)(?:[/?]|$))/

/** Decides by the path alone who answers. A target that is not a plain path is left to the framework, which refuses it. */
export function chooseDoor({ configPoll, introspection, framework, console }: Doors): RequestListener {
  return (request, response) => {
    const target = request.url ?? ''
    if (target === CONFIG_POLL || target.startsWith(`${CONFIG_POLL}?`)) return configPoll(request, response)
    if (target === INTROSPECTION) return introspection(request, response)
    if (!target.startsWith('/') || GATEWAY_PATH.test(target)) return framework(request, response)
    return console(request, response)
  }
}
