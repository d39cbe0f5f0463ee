import { describeServices } from './describe-services.ts'
import { KOA_KINDS } from './koa-services.ts'

describeServices(KOA_KINDS)
