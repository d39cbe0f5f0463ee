import type { z } from 'zod'
import { EvidenceRequest, type EndpointEvidence } from '../../contract/endpoint.ts'
import type { Rule } from '../../policy/rule.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { readEndpointEvidence } from '../decision/read-endpoint-evidence.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { parseInput } from '../parse-input.ts'
import { getEndpointRow } from './get-endpoint-row.ts'
import { requireConditions } from './require-conditions.ts'

/** Who would be denied, by the present rule or by a draft. */
export async function readEvidence(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  input: z.input<typeof EvidenceRequest>,
): Promise<z.input<typeof EndpointEvidence>> {
  requireRole(actor, 'viewer')
  const { windowHours, rule: draft } = parseInput(EvidenceRequest, input)
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const row = await getEndpointRow(ctx.database, environmentId, id)
  requireConditions(draft ?? null, [row.route])
  const endpoint = { id, serviceId: row.serviceId, serviceSlug: row.service.slug, rule: row.rule as Rule | null } // parsed by the verbs that write it
  const [evidence] = await readEndpointEvidence(ctx, actor, {
    environmentId,
    endpoints: [endpoint],
    windowHours,
    draft,
  })
  if (!evidence) throw new ControlError('not-found')
  return evidence
}
