import { describeServices } from './describe-services.ts'
import { NEST_KINDS } from './nest-services.ts'

describeServices(NEST_KINDS)
