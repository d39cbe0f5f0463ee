import type { DecisionContext } from '#lib/control/context.ts'
import type { Database } from '#lib/store/database.ts'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'

export const toDecisionContext = ({ pool }: Database): DecisionContext => ({
  pool,
  decisions: createPostgresDecisionStore(pool),
})
