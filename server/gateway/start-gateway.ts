import type { X509Certificate } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Database } from '#lib/store/database.ts'
import { createGatewayCore, type GatewayCore } from './gateway-core.ts'
import type { ConsoleTarget, GatewaySettings } from './gateway-settings.ts'
import { registerHealthRoutes } from './health-routes.ts'
import { readClientAddressBehind, trustProxies } from './http/client-address.ts'
import { createConsoleProxy } from './http/console-proxy.ts'
import { passUpgrades } from './http/pass-upgrades.ts'
import { createLogger } from './http/create-logger.ts'
import { BODY_BYTES_MAX, takeJsonOnly } from './http/json-body.ts'
import { createAnswerRecord, recordAnswers, type RecordAnswer } from './http/record-answers.ts'
import { answerUnknownRoutes } from './http/not-found.ts'
import { answerWithProblems, sendProblem, toControlError } from './http/problem-details.ts'
import { chooseDoor } from './http/request-listener.ts'
import { addSecurityHeaders, securityHeaders } from './http/security-headers.ts'
import { registerMachineRoutes } from './machine/register-machine-routes.ts'
import { registerManagementRoutes } from './management/register-management-routes.ts'
import { readAuthorities } from './mutual-tls/certificate-files.ts'
import { createCertificateReader } from './mutual-tls/client-certificate.ts'
import { listenWithTls, type TlsListener } from './mutual-tls/tls-listener.ts'
import { createIntrospectionListener } from './oauth/introspection-listener.ts'
import { registerTokenRoutes } from './oauth/register-token-routes.ts'
import { createTokenParts, type TokenParts } from './oauth/token-parts.ts'

/** Longer than the idle time of usual balancers, so that it is never the gateway that closes under a request. */
const KEEP_ALIVE_MS = 72_000
const HEADERS_TIMEOUT_MS = 20_000
const REQUEST_TIMEOUT_MS = 60_000
const HTTP_LIMITS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
} as const
/** What is still being answered when the gateway stops has so long to end. */
const CLOSE_WITHIN_MS = 5_000

export interface GatewayOptions {
  readonly settings: GatewaySettings
  readonly database: Database
  /** Null where this gateway serves no console. */
  readonly consoleTarget: ConsoleTarget | null
  /** The console is Next's development server. */
  readonly dev?: boolean
  readonly logger?: Logger
}

export interface Gateway {
  readonly url: string
  /** Where mutual TLS ends; null without that port. */
  readonly tlsUrl: string | null
  close(): Promise<void>
}

export async function startGateway({
  settings,
  database,
  consoleTarget,
  dev = false,
  logger = createLogger(settings.logLevel),
}: GatewayOptions): Promise<Gateway> {
  const readAddress = readClientAddressBehind(trustProxies(settings.trustedProxies))
  const authorities = readAuthorities(settings.clientCaFile)
  const readCertificate = createCertificateReader({
    isCertificateProxy: trustProxies(settings.certificateProxies),
    authorities,
  })
  const core = await createGatewayCore({ settings, database, logger, readAddress, readCertificate })
  const consoleProxy = createConsoleProxy({ target: consoleTarget, publicUrl: settings.publicUrl, readAddress })
  const tokenParts = createTokenParts(core)
  const recordAnswer = createAnswerRecord(core.metrics, logger)
  const introspection = createIntrospectionListener(tokenParts, recordAnswer)
  const toListener = (framework: RequestListener): RequestListener =>
    chooseDoor({
      configPoll: core.configPoll,
      introspection: introspection.inFrontOf(framework),
      framework,
      console: consoleProxy.forward,
    })
  const app = createApp({ core, recordAnswer, toListener })
  let tls: TlsListener | null = null
  app.addHook('preClose', async () => {
    core.waitingRoom.close()
    introspection.close()
    setTimeout(() => {
      app.server.closeAllConnections()
      tls?.closeAllConnections()
    }, CLOSE_WITHIN_MS).unref()
  })
  app.addHook('onClose', async () => {
    await tls?.close()
    consoleProxy.close()
    await core.close()
  })
  await registerRoutes(app, core, tokenParts)
  if (dev && consoleTarget !== null) passUpgrades(app.server, consoleTarget)
  try {
    await app.listen({ port: settings.port, host: settings.host })
    tls = await listenBesideWithTls(app, settings, authorities, logger)
  } catch (error) {
    await app.close()
    throw error
  }
  const { port } = app.server.address() as AddressInfo // it listens on TCP
  return {
    url: toUrl('http', settings.host, port),
    tlsUrl: tls && toUrl('https', settings.host, tls.port),
    close: () => app.close(),
  }
}

const toUrl = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`

/** The same routes; what a client proved by its certificate is asked of the connection. */
async function listenBesideWithTls(
  app: FastifyInstance,
  { tls, host }: GatewaySettings,
  authorities: readonly X509Certificate[],
  logger: Logger,
): Promise<TlsListener | null> {
  if (tls === null) return null
  const listener: RequestListener = (request, response) => void app.server.emit('request', request, response)
  return listenWithTls({ settings: tls, host, authorities, http: HTTP_LIMITS, listener, logger })
}

interface AppParts {
  readonly core: GatewayCore
  readonly recordAnswer: RecordAnswer
  /** What is answered in front of the framework, and the framework for the rest. */
  readonly toListener: (framework: RequestListener) => RequestListener
}

function createApp({ core, recordAnswer, toListener }: AppParts): FastifyInstance {
  const { settings, logger } = core
  const isTrusted = trustProxies(settings.trustedProxies)
  const loggerInstance: FastifyBaseLogger = logger
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    trustProxy: isTrusted,
    genReqId: core.createRequestId,
    // What is logged says its request itself: a logger for each request would cost more than most of them do.
    childLoggerFactory: (shared) => shared,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) =>
      void sendProblem(reply.headers(securityHeaders(settings.publicUrl)), toControlError(error)),
    routerOptions: { maxParamLength: 300 },
    serverFactory: (framework) => createServer(HTTP_LIMITS, toListener(framework)),
  })
  addSecurityHeaders(app, settings.publicUrl)
  answerWithProblems(app)
  answerUnknownRoutes(app)
  takeJsonOnly(app)
  recordAnswers(app, recordAnswer)
  return app
}

async function registerRoutes(app: FastifyInstance, core: GatewayCore, tokenParts: TokenParts): Promise<void> {
  registerHealthRoutes(app, core)
  await app.register(async (scope) => registerTokenRoutes(scope, tokenParts))
  await app.register(async (scope) => registerMachineRoutes(scope, core))
  await app.register(async (scope) => registerManagementRoutes(scope, core))
}
