import type { FastifyInstance } from 'fastify'
import { ControlError } from '#lib/control/control-error.ts'
import { sendProblem } from './problem-details.ts'

/** Tells an unknown route from a known route with another method. Register before the routes. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    methodsOf.set(url, methods)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = [...methodsOf].filter(([url]) => matches(url, path)).flatMap(([, names]) => [...names])
    if (methods.length === 0)
      return sendProblem(
        reply,
        new ControlError('route-not-found', `There is no route ${request.method} ${path.slice(0, 200)}.`),
      )
    void reply.header('allow', [...new Set(methods)].toSorted().join(', '))
    return sendProblem(
      reply,
      new ControlError('method-not-allowed', `${path.slice(0, 200)} does not have the method ${request.method}.`),
    )
  })
}

function matches(template: string, path: string): boolean {
  const parts = template.split('/')
  const given = path.split('/')
  return (
    parts.length === given.length &&
    parts.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  )
}
