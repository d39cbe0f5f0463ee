import type { z } from 'zod'
import type { Top, TopQuery } from '../../contract/decisions.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { toDecisionWindow } from './decision-window.ts'

/** Callers, endpoints, reasons or services with the most denials and would-be denials. */
export async function readDecisionTop(
  { decisions }: Pick<DecisionContext, 'decisions'>,
  actor: Actor,
  environmentId: string,
  query: z.output<typeof TopQuery>,
): Promise<z.input<typeof Top>> {
  requireRole(actor, 'viewer')
  const items = await decisions.counts.readTop(
    { ...query, ...toDecisionWindow(query), environmentId },
    query.by,
    query.limit,
  )
  return { items }
}
