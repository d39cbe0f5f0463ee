import { describeServices } from './describe-services.ts'
import { HONO_KINDS } from './hono-services.ts'

describeServices(HONO_KINDS)
