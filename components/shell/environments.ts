import type { RouteResponse } from '#lib/contract/routes.ts'

/** The environments to choose from, in their order. */
export type Environments = RouteResponse<'listEnvironments'>['items']
