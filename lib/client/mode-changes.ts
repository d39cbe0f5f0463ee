import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query'
import { api } from './api.ts'
import type { ApiInput } from './api-request.ts'
import { evidenceQuery } from './evidence.ts'
import type { ModeChangePreview } from './object-types.ts'
import { write } from './topic.ts'

export const modeChangesQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['mode-changes', environment, id],
    queryFn: ({ signal }) => api('listModeChanges', { params: { environment, id }, query: { limit: 100 } }, signal),
    refetchInterval: 15_000,
  })

/** Denials beside those that were forecast; null while the endpoint is not enforced. */
export const forecastQuery = (environment: string, id: string) =>
  queryOptions({
    queryKey: ['mode-changes', environment, id, 'forecast'],
    queryFn: ({ signal }) => api('compareForecast', { params: { environment, id } }, signal),
    refetchInterval: 15_000,
  })

export type ModeChangeMarkFilter = Omit<NonNullable<ApiInput<'listModeChangeMarks'>['query']>, 'cursor' | 'limit'>

/** The newest of a window, for the time axis of a chart. */
export const modeChangeMarksQuery = (environment: string, filter: ModeChangeMarkFilter) =>
  queryOptions({
    queryKey: ['mode-changes', environment, 'marks', filter],
    queryFn: ({ signal }) =>
      api('listModeChangeMarks', { params: { environment }, query: { ...filter, limit: 500 } }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

/** The page below shows the evidence that the change rests on: an answer that is under way counts other requests. */
async function shareEvidence(client: QueryClient, environment: string, { items }: ModeChangePreview): Promise<void> {
  const [item] = items
  if (items.length !== 1 || item === undefined) return
  const { queryKey } = evidenceQuery(environment, item.endpointId, { windowHours: item.evidence.windowHours })
  await client.cancelQueries({ queryKey, exact: true })
  client.setQueryData(queryKey, item.evidence)
}

/** What a change would do, with the token that proves it was looked at: read anew each time a panel opens. */
export const modeChangePreviewQuery = (environment: string, request: ApiInput<'previewModeChange'>['body']) =>
  queryOptions({
    queryKey: ['mode-changes', environment, 'preview', request],
    queryFn: async ({ signal, client }) => {
      const preview = await api('previewModeChange', { params: { environment }, body: request }, signal)
      await shareEvidence(client, environment, preview)
      return preview
    },
    enabled: request.changes.length > 0,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export const changeModes = write(
  'changeModes',
  'mode-changes',
  'endpoints',
  'evidence',
  'services',
  'overview',
  'revisions',
  'decisions',
  'findings',
)
export const undoModeChange = write(
  'undoModeChange',
  'mode-changes',
  'endpoints',
  'evidence',
  'services',
  'overview',
  'revisions',
  'decisions',
  'findings',
)
