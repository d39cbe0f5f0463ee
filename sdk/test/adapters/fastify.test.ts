import { describeServices } from './describe-services.ts'
import { FASTIFY_KINDS } from './fastify-services.ts'

describeServices(FASTIFY_KINDS)
