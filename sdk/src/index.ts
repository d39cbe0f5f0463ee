/**
 * Stepgate for Node.js services: verifies every request at the handler, by the configuration of a control plane, and keeps
 * deciding when that control plane is away.
 */
export { createStepgate } from './stepgate.ts'
export type { Stepgate, StepgateStatus } from './stepgate.ts'
export type { StepgateOptions } from './settings.ts'
export type { StepgateToken } from './client/token-client.ts'
export type { StepgateFetchInit } from './client/authorized-fetch.ts'
export type { StepgateDecision } from './guard/request-decision.ts'
export type { StepgateEventName, StepgateEvents, StepgateLogger, SecurityCode } from './event-hub.ts'
export { StepgateConfigurationError, StepgateTokenError } from './errors.ts'
export type { StepgateTokenErrorCode } from './errors.ts'
export type { CallerKind, Outcome, Reason, SnapshotState } from '../../lib/policy/vocabulary.ts'
