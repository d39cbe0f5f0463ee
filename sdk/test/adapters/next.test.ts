import { describeServices } from './describe-services.ts'
import { NEXT_KIND } from './next-services.ts'

describeServices([NEXT_KIND])
