import { z } from 'zod'
import { Series } from './decisions.ts'
import { Caller } from './endpoint.ts'
import { Timestamp } from './primitives.ts'

export const FORECAST_VERDICTS = ['as-forecast', 'more-denied', 'fewer-denied'] as const

const ComparedCaller = z.object({
  caller: Caller,
  requests: z.int(),
  denied: z.int(),
  forecast: z.number().describe('Denials that were to be expected of so many requests of this caller.'),
  isForeseen: z.boolean().describe('False where no forecast named it since the endpoint is enforced.'),
})
export const ForecastComparison = z.object({
  at: Timestamp.describe('When the mode or its percent was changed last; decisions since are compared.'),
  requests: z.int(),
  denied: z.int(),
  forecast: z.number(),
  verdict: z
    .enum(FORECAST_VERDICTS)
    .describe(
      'Of the callers that were named: whether more or fewer of their requests were denied than chance explains.',
    ),
  callers: z.array(ComparedCaller).describe('Those that were denied or expected to be, most denials first.'),
  decided: z
    .object({
      ...Series.shape,
      series: z.array(
        z.object({
          key: z.enum(['requests', 'denied', 'forecast']),
          label: z.string(),
          counts: z.array(z.number()),
        }),
      ),
    })
    .describe('Over time.'),
})
/** Null while the endpoint is not enforced, and where nothing was forecast. */
export const ForecastComparisonAnswer = z.object({ comparison: ForecastComparison.nullable() })
