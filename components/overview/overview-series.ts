import type { SeriesFilter } from '#lib/client/decisions.ts'

/** What the chart of the overview shows. */
export const OVERVIEW_SERIES: SeriesFilter = { by: 'outcome' }
