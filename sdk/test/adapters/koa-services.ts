import Koa, { type Middleware } from 'koa'
import Router, { type RouterOptions } from '@koa/router'
import { Readable } from 'node:stream'
import { protectKoa } from '../../src/koa.ts'
import {
  ALLOWED_ORIGIN,
  Behaviour,
  byMount,
  listen,
  OVERRIDE_HEADER,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'

interface KoaVariant {
  readonly options: string
  readonly prefix?: string
  readonly router?: RouterOptions
  /** How the routers of mounts come to the application. */
  readonly mounts?: 'beside' | 'nested' | 'hidden'
}

function addRoute(router: Router, behaviour: Behaviour, route: ServiceRoute): void {
  const method = route.method.toLowerCase() as 'get' | 'post' | 'delete' | 'all'
  router[method](route.path, (context) => {
    const answer = behaviour.run(route, context.state.stepgate)
    context.body = route.answer === 'stream' ? Readable.from(behaviour.stream()) : answer
  })
}

/** As middleware for CORS and for overriding methods does it. */
const comeBefore: Middleware = (context, next) => {
  context.set('access-control-allow-origin', ALLOWED_ORIGIN)
  const method = context.get(OVERRIDE_HEADER)
  if (method !== '') context.method = method
  if (context.method !== 'OPTIONS' || context.get('origin') === '') return next()
  context.status = 204
  return undefined
}

/** As if it came from a package that composes middleware of its own. */
const hide =
  (middleware: Middleware): Middleware =>
  (context, next) =>
    middleware(context, next) as unknown

const koaKind = ({ options, prefix = '', router = {}, mounts = 'beside' }: KoaVariant): ServiceKind => ({
  name: options === '' ? 'Koa 3' : `Koa 3 with ${options}`,
  framework: 'koa',
  prefix,
  ...(mounts === 'hidden' ? { cannot: { discovery: 'its routers are found when a request comes through' } } : {}),
  start: (stepgate, routes) => {
    const app = new Koa()
    protectKoa(app, stepgate)
    app.silent = true
    app.use(comeBefore)
    const behaviour = new Behaviour()
    const main = new Router({ ...router, prefix })
    for (const [mount, mounted] of byMount(routes)) {
      const target = mount === '' ? main : new Router({ ...router, prefix: mounts === 'nested' ? '' : prefix + mount })
      for (const route of mounted) addRoute(target, behaviour, route)
      if (target === main) continue
      if (mounts === 'nested') main.use(mount, target.routes())
      else app.use(mounts === 'hidden' ? hide(target.routes() as Middleware) : (target.routes() as Middleware))
    }
    app.use(mounts === 'hidden' ? hide(main.routes() as Middleware) : (main.routes() as Middleware))
    app.use(main.allowedMethods() as Middleware)
    const listener = app.callback()
    return listen((request, response) => void listener(request, response), behaviour)
  },
})

const VARIANTS: readonly KoaVariant[] = [
  { options: '' },
  { options: 'strict routers', router: { strict: true } },
  { options: 'sensitive routers', router: { sensitive: true } },
  { options: 'a prefix', prefix: '/api' },
  { options: 'nested routers', mounts: 'nested' },
  { options: 'nested routers and a prefix', mounts: 'nested', prefix: '/api' },
  { options: 'routers hidden in other middleware', mounts: 'hidden' },
]

export const KOA_KINDS: readonly ServiceKind[] = VARIANTS.map(koaKind)
