import { engineOf } from '../../src/guard/engine.ts'
import type { Guard } from '../../src/guard/guard.ts'
import type { Stepgate } from '../../src/index.ts'

/** Everything a reader tells of a request, at the moment of its decision. */
export interface Read {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly userAgent: string | undefined
  readonly header: string | undefined
  readonly absentHeader: string | undefined
  readonly params: Readonly<Record<string, unknown>>
  readonly address: string | undefined
}

/** Looks on while the guard decides; the decision is the guard's own. */
export function observeReads(stepgate: Stepgate): Read[] {
  const reads: Read[] = []
  const { guard } = engineOf(stepgate)
  const check: Guard['check'] = (route, request, reader) => {
    reads.push({
      route: `${route.method} ${route.template}`,
      method: reader.method(request),
      path: reader.path(request),
      authorization: reader.authorization(request),
      userAgent: reader.userAgent(request),
      header: reader.header(request, 'x-forwarded-for'),
      absentHeader: reader.header(request, 'x-absent'),
      params: { ...reader.params(request) },
      address: reader.socket(request)?.remoteAddress,
    })
    Reflect.deleteProperty(guard, 'check')
    return guard.check(route, request, reader)
  }
  Object.assign(guard, { check })
  return reads
}
