import { KOA_GUARD, KOA_LAYER_GUARD, type KoaLayer, type KoaMiddleware } from './koa-internals.ts'

/** Requests that no guard came with pass, so other applications that share a router notice nothing. */
const layerGuard: KoaMiddleware & { [KOA_LAYER_GUARD]?: true } = (context, next) => {
  const guard = context[KOA_GUARD]
  return guard === undefined ? next() : guard.decide(context, next)
}
layerGuard[KOA_LAYER_GUARD] = true

const isGuard = (middleware: KoaMiddleware | undefined): boolean =>
  middleware !== undefined && KOA_LAYER_GUARD in middleware

/** Before all handlers of the layer, those for parameters included, whenever they were added. */
export function putGuardFirst({ stack }: KoaLayer): void {
  if (isGuard(stack[0])) return
  const present = stack.findIndex(isGuard)
  if (present > 0) stack.splice(present, 1)
  stack.unshift(layerGuard)
}
