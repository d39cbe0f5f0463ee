import type { RouteResponse } from '#lib/contract/routes.ts'

export type EndpointEvidence = RouteResponse<'readEvidence'>
export type CallerEvidence = EndpointEvidence['callers'][number]
export type Caller = CallerEvidence['caller']
export type Fix = CallerEvidence['fixes'][number]
export type ReadinessCause = EndpointEvidence['causes'][number]
export type Readiness = EndpointEvidence['readiness']
