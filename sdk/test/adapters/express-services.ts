import cors from 'cors'
import express4 from 'express-4'
import express5, { type RequestHandler, type RouterOptions } from 'express'
import methodOverride from 'method-override'
import { Readable } from 'node:stream'
import { protectExpress } from '../../src/express.ts'
import {
  ALLOWED_ORIGIN,
  Behaviour,
  byMount,
  listen,
  OVERRIDE_HEADER,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'

type ExpressModule = typeof express5

interface ExpressVariant {
  readonly options: string
  readonly settings?: readonly string[]
  readonly router?: RouterOptions
  readonly cannot?: ServiceKind['cannot']
}

const handlerOf =
  (behaviour: Behaviour, route: ServiceRoute): RequestHandler =>
  (request, response) => {
    const answer = behaviour.run(route, request.stepgate)
    if (route.answer === 'stream') Readable.from(behaviour.stream()).pipe(response)
    else response.json(answer)
  }

const expressKind = (
  name: string,
  express: ExpressModule,
  { options, settings = [], router = { mergeParams: true }, cannot = {} }: ExpressVariant,
): ServiceKind => ({
  name: options === '' ? name : `${name} with ${options}`,
  framework: name.toLowerCase(),
  cannot,
  start: (stepgate, routes) => {
    const app = express()
    protectExpress(app, stepgate)
    const behaviour = new Behaviour()
    for (const setting of settings) app.enable(setting)
    app.use(cors({ origin: ALLOWED_ORIGIN }), methodOverride(OVERRIDE_HEADER))
    for (const [mount, mounted] of byMount(routes)) {
      const target = mount === '' ? app : express.Router(router)
      if (target !== app) app.use(mount, target)
      for (const route of mounted) {
        const method = route.method.toLowerCase() as 'get' | 'post' | 'delete' | 'all'
        target[method](route.path, handlerOf(behaviour, route))
      }
    }
    return listen(app, behaviour) // an application is a request listener
  },
})

const VARIANTS: readonly ExpressVariant[] = [
  { options: '' },
  { options: 'strict routing', settings: ['strict routing'], router: { mergeParams: true, strict: true } },
  {
    options: 'case sensitive routing',
    settings: ['case sensitive routing'],
    router: { mergeParams: true, caseSensitive: true },
  },
  {
    options: 'routers that do not merge parameters',
    router: {},
    cannot: { 'parent parameters': 'the router was told so' },
  },
]

export const EXPRESS_KINDS: readonly ServiceKind[] = VARIANTS.flatMap((variant) => [
  expressKind('Express 5', express5, variant),
  expressKind('Express 4', express4, variant), // the same calls, as far as they are used here
])
