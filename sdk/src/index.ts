/**
 * Stepgate for Node.js services: verifies every request at the handler, by the configuration of a control plane, and keeps
 * deciding when that control plane is away.
 */
export { createStepgate } from './stepgate.ts'
export type { Stepgate, StepgateStatus } from './stepgate.ts'
export type { StepgateOptions } from './settings.ts'
export type { StepgateExchange, StepgateToken, StepgateTokenCount } from './client/token-client.ts'
export type { StepgateSubject } from './client/subject-token.ts'
export type { StepgateFetchInit } from './client/authorized-fetch.ts'
export type { GeoLookup, GeoPlace } from './context/geo-lookup.ts'
export type { GeoDatabaseStatus } from './context/geo-database.ts'
export type { SignalWatch } from './context/context-settings.ts'
export type { StepgateDecision } from './guard/request-decision.ts'
export type { StepgateDecisionEvent } from './guard/decision-event.ts'
export type { StepgateDecisionCount } from './report/decision-tally.ts'
export type {
  StepgateDenialEvent,
  StepgateEventName,
  StepgateEvents,
  StepgateLog,
  StepgateLogDetails,
  StepgateLogger,
} from './event-hub.ts'
export { StepgateConfigurationError, StepgateTokenError, StepgateUsageError } from './errors.ts'
export type { FailureCode, SecurityCode, StepgateTokenErrorCode, StepgateUsageErrorCode } from './errors.ts'
export type { CallerKind, Mode, Outcome, Reason, SnapshotState, Verdict } from '../../lib/policy/vocabulary.ts'
export type { CheckResult } from '../../lib/policy/decision.ts'
