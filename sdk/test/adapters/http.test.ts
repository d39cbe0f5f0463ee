import { describeServices } from './describe-services.ts'
import { HTTP_KIND } from './http-services.ts'

describeServices([HTTP_KIND])
