import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'

export interface Answered {
  readonly requestId: string
  readonly method: string
  /** The route's template, never the path or the query, which may hold what people typed. */
  readonly route: string | undefined
  readonly status: number
  readonly tookMs: number
}

export type RecordAnswer = (answered: Answered) => void

/** Counts requests by route, so that the number of series is bounded, and writes a line for those that need one. */
export function createAnswerRecord(metrics: Metrics, logger: Logger): RecordAnswer {
  const requests = metrics.counter('stepgate_http_requests_total', 'Requests answered, by route.')
  const seconds = metrics.counter('stepgate_http_request_seconds_total', 'Time spent answering, by route.')
  const count = rememberSeries((method, route, status) => {
    const [addRequests, addSeconds] = [requests.series({ route, method, status }), seconds.series({ route })]
    return (tookMs) => {
      addRequests(1)
      addSeconds(tookMs / 1_000)
    }
  })
  const logsAll = logger.isLevelEnabled('debug')
  return ({ requestId, method, route, status, tookMs }) => {
    count(method, route ?? 'unknown', status)(tookMs)
    if (status < 500 && !logsAll) return
    const line = { requestId, method, route, status, ms: Math.round(tookMs) }
    if (status >= 500) logger.warn(line, 'answered')
    else logger.debug(line, 'answered')
  }
}

type FindSeries = (method: string, route: string, status: number) => (tookMs: number) => void

function rememberSeries(create: FindSeries): FindSeries {
  const known = new Map<string, ReturnType<FindSeries>>()
  return (method, route, status) => {
    const key = `${method} ${status} ${route}`
    const found = known.get(key) ?? create(method, route, status)
    known.set(key, found)
    return found
  }
}

export function recordAnswers(app: FastifyInstance, record: RecordAnswer): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { id: requestId, method } = request
    record({
      requestId,
      method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      tookMs: reply.elapsedTime,
    })
    done()
  })
}
