import type { z } from 'zod'
import { OpenApiImport, type OpenApiImportResult } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntries } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { getServiceRow } from '../service/get-service-row.ts'
import { auditedEndpoint, endpointInclude, endpointName } from './audited-endpoint.ts'
import { parseOpenApi } from './parse-openapi.ts'
import { planOpenApiImport, type EndpointShape, type ImportPlan } from './plan-openapi-import.ts'
import { toStoredRule } from './to-stored-rule.ts'

type Result = z.output<typeof OpenApiImportResult>
type Service = Awaited<ReturnType<typeof getServiceRow>>

const CREATED_MAX = 2_000

interface Import {
  readonly actor: Actor
  readonly environment: { readonly id: string; readonly slug: string }
  readonly service: Service
  readonly plan: ImportPlan
}

/** Creates what the document has and the service has not, switched off; nothing that exists is changed. */
export async function importOpenApi(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  serviceSlug: string,
  input: z.input<typeof OpenApiImport>,
): Promise<Result> {
  requireRole(actor, 'operator')
  const { document, dryRun, rulesFromSecurity } = parseInput(OpenApiImport, input)
  const parsed = parseOpenApi(document)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const service = await getServiceRow(tx, serviceSlug)
    const known = await tx.endpoint.findMany({
      where: { environmentId: environment.id, serviceId: service.id },
      select: { method: true, route: true },
    })
    const plan = planOpenApiImport(parsed, known, rulesFromSecurity)
    if (plan.created.length > CREATED_MAX) throw tooMany(plan.created.length)
    const newScopes = await findNewScopes(tx, service.id, plan)
    const revision =
      dryRun || plan.created.length === 0 ? null : await write(tx, { actor, environment, service, plan }, newScopes)
    return {
      dryRun,
      created: plan.created.map(toRef),
      unchanged: plan.unchanged.map(toRef),
      missing: plan.missing.map(toRef),
      createdScopes: newScopes,
      notes: [...plan.notes],
      revision,
    }
  })
}

const toRef = ({ method, route }: EndpointShape) => ({ method, route })

async function findNewScopes(tx: Tx, serviceId: string, { scopes }: ImportPlan): Promise<string[]> {
  const present = await tx.scope.findMany({
    where: { serviceId, name: { in: [...scopes.keys()] } },
    select: { name: true },
  })
  const names = new Set(present.map(({ name }) => name))
  return [...scopes.keys()].filter((name) => !names.has(name)).sort()
}

async function write(tx: Tx, work: Import, newScopes: readonly string[]): Promise<number | null> {
  const { actor, environment, service, plan } = work
  await createScopes(tx, work, newScopes)
  const [auditEntryId] = await createEndpoints(tx, work)
  const { number, changedServices } = await publishRevision(tx, {
    environmentId: environment.id,
    summary: `Declare ${plan.created.length} endpoints of ${service.slug} from OpenAPI`,
    actorName: actor.name,
    ...(auditEntryId === undefined ? {} : { auditEntryId }),
  })
  return changedServices.length > 0 ? number : null
}

async function createScopes(tx: Tx, { actor, service, plan }: Import, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const scopes = await tx.scope.createManyAndReturn({
    data: names.map((name) => ({ serviceId: service.id, name, description: plan.scopes.get(name) ?? '' })),
  })
  await appendAuditEntries(
    tx,
    scopes.map(({ id, name, description }) => ({
      actor,
      action: 'scope.create' as const,
      environment: null,
      target: { kind: 'scope', id, name },
      before: null,
      after: { service: service.slug, name, description },
    })),
  )
}

async function createEndpoints(tx: Tx, { actor, environment, service, plan }: Import): Promise<bigint[]> {
  const endpoints = await tx.endpoint.createManyAndReturn({
    data: plan.created.map(({ method, route, description, rule }) => ({
      environmentId: environment.id,
      serviceId: service.id,
      method,
      route,
      description,
      rule: toStoredRule(rule),
      source: 'openapi' as const,
    })),
    include: endpointInclude,
  })
  return appendAuditEntries(
    tx,
    endpoints.map((endpoint) => ({
      actor,
      action: 'endpoint.create' as const,
      environment: environment.slug,
      target: { kind: 'endpoint', id: endpoint.id, name: endpointName(endpoint) },
      before: null,
      after: auditedEndpoint(endpoint),
    })),
  )
}

function tooMany(count: number): ControlError {
  const detail = `has ${count} new endpoints; at most ${CREATED_MAX} at once`
  return new ControlError('invalid-value', `The document ${detail}.`, [{ pointer: '/document', detail }])
}
