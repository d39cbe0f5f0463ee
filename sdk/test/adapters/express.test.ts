import { describeServices } from './describe-services.ts'
import { EXPRESS_KINDS } from './express-services.ts'

describeServices(EXPRESS_KINDS)
