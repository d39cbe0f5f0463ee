/** The same small service once on each framework, for what does not depend on how the framework matches. */
import { EXPRESS_KINDS } from './adapters/express-services.ts'
import { FASTIFY_KINDS } from './adapters/fastify-services.ts'
import { HONO_KINDS } from './adapters/hono-services.ts'
import { HTTP_KIND } from './adapters/http-services.ts'
import { KOA_KINDS } from './adapters/koa-services.ts'
import type { ServiceKind } from './adapters/service-kind.ts'

const firstOf = (kinds: readonly ServiceKind[]): readonly ServiceKind[] => kinds.slice(0, 1)

export const SERVICE_KINDS: readonly ServiceKind[] = [
  ...firstOf(EXPRESS_KINDS),
  ...firstOf(FASTIFY_KINDS),
  HTTP_KIND,
  ...firstOf(KOA_KINDS),
  ...firstOf(HONO_KINDS),
]
