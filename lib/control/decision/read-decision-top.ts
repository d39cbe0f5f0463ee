import type pg from 'pg'
import type { z } from 'zod'
import type { Top, TopQuery } from '../../contract/decisions.ts'
import { readTop } from '#lib/store/decisions/read-top.ts'
import { requireRole, type Actor } from '../actor.ts'
import { toDecisionWindow } from './decision-window.ts'

/** Callers, endpoints, reasons or services with the most denials and would-be denials. */
export async function readDecisionTop(
  pool: pg.Pool,
  actor: Actor,
  environmentId: string,
  query: z.output<typeof TopQuery>,
): Promise<z.input<typeof Top>> {
  requireRole(actor, 'viewer')
  const items = await readTop(pool, { ...query, ...toDecisionWindow(query), environmentId }, query.by, query.limit)
  return { items }
}
