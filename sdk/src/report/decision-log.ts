/** Which decisions get a line in the log. `denied`: refused requests; `all`: those log-only would refuse as well; or `none`. */
export const DECISION_LOGS = ['denied', 'all', 'none'] as const
/** Which decisions get a line in the log. `denied`: refused requests; `all`: those log-only would refuse as well; or `none`. */
export type DecisionLog = (typeof DECISION_LOGS)[number]
