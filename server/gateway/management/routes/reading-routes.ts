import { exportAuditEntries } from '#lib/control/audit/export-audit-entries.ts'
import { listAuditEntries } from '#lib/control/audit/list-audit-entries.ts'
import { verifyAuditLog } from '#lib/control/audit/verify-audit-log.ts'
import { exportDecisions } from '#lib/control/decision/export-decisions.ts'
import { getSample, listSamples } from '#lib/control/decision/list-samples.ts'
import { readDecisionSeries } from '#lib/control/decision/read-decision-series.ts'
import { readDecisionTop } from '#lib/control/decision/read-decision-top.ts'
import { readOverview } from '#lib/control/decision/read-overview.ts'
import { getEnvironmentId, getEnvironmentRow } from '#lib/control/environment/get-environment.ts'
import { exportFindings } from '#lib/control/finding/export-findings.ts'
import { listSharedCredentials } from '#lib/control/finding/list-shared-credentials.ts'
import { readLeastPrivilege } from '#lib/control/finding/read-least-privilege.ts'
import { readLifetimes } from '#lib/control/finding/read-lifetimes.ts'
import { readStalled } from '#lib/control/finding/read-stalled.ts'
import { searchObjects } from '#lib/control/search/search-objects.ts'
import type { Implementations } from '../implementation.ts'

const LINES = 'application/x-ndjson; charset=utf-8'
const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: LINES, jsonl: LINES } as const

export const readingRoutes = {
  getOverview: async ({ ctx, actor, params }) =>
    readOverview(ctx, actor, await getEnvironmentRow(ctx.database, params.environment)),
  search: ({ ctx, actor, params, query }) => searchObjects(ctx, actor, params.environment, query),
  readSeries: async ({ ctx, actor, params, query }) =>
    readDecisionSeries(ctx, actor, await getEnvironmentId(ctx.database, params.environment), query),
  readTop: async ({ ctx, actor, params, query }) =>
    readDecisionTop(ctx, actor, await getEnvironmentId(ctx.database, params.environment), query),
  listSamples: async ({ ctx, actor, params, query }) =>
    listSamples(ctx, actor, await getEnvironmentId(ctx.database, params.environment), query),
  getSample: async ({ ctx, actor, params }) =>
    getSample(ctx, actor, await getEnvironmentId(ctx.database, params.environment), params.id),
  exportDecisions: async ({ ctx, actor, params, query }) => ({
    mediaType: MEDIA_TYPES[query.format],
    fileName: `decisions-${query.table}.${query.format}`,
    chunks: exportDecisions(ctx, actor, await getEnvironmentId(ctx.database, params.environment), query),
  }),

  readLifetimes: ({ ctx, actor, params, query }) => readLifetimes(ctx, actor, params.environment, query),
  readLeastPrivilege: ({ ctx, actor, params, query }) => readLeastPrivilege(ctx, actor, params.environment, query),
  readStalled: ({ ctx, actor, params, query }) => readStalled(ctx, actor, params.environment, query),
  listSharedCredentials: ({ ctx, actor, params, query }) =>
    listSharedCredentials(ctx, actor, params.environment, query),
  exportFindings: async ({ ctx, actor, params, query }) => ({
    mediaType: MEDIA_TYPES[query.format],
    fileName: `${query.kind}.${query.format}`,
    chunks: await exportFindings(ctx, actor, params.environment, query),
  }),

  listAuditEntries: ({ ctx, actor, query }) => listAuditEntries(ctx, actor, query),
  exportAuditEntries: async ({ ctx, actor, query }) => ({
    mediaType: MEDIA_TYPES[query.format],
    fileName: `audit.${query.format}`,
    chunks: exportAuditEntries(ctx, actor, query),
  }),
  verifyAuditLog: ({ ctx, actor }) => verifyAuditLog(ctx, actor),
} as const satisfies Partial<Implementations>
