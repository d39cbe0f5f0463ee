/** What keeps in touch with the control plane, and what only the configurations it brings give work to. */
export { Connection } from './connection.ts'
export { explainDecision } from '../guard/explain-decision.ts'
export { refuseDenied } from '../guard/refuse-denied.ts'
export { logDecisions } from '../report/log-decisions.ts'
export { SenderProver } from '../sender/sender-prover.ts'
export { toVerifier } from '../token/verify-token.ts'
export { warnOfMisspelled } from './warn-of-misspelled.ts'
export { SDK_VERSION } from '../version.ts'
