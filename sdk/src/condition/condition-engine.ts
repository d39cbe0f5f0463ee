/** What reads conditions, and puts values into the form they ask for. Loaded with the first configuration that has one. */
export { compileCondition, toClaimValues, toParamValues } from '../../../lib/condition/compile-condition.ts'
export { SDK_VERSION } from '../version.ts'
