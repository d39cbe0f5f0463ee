import { StepgateUsageError } from '../errors.ts'
import type { Guard } from './guard.ts'
import type { RouteTable } from './route-table.ts'

/** What an adapter needs of the middleware. */
export interface Engine {
  readonly routes: RouteTable
  readonly guard: Guard
  useFramework(name: string): void
}

/** Shared by all copies of the package, as the ESM and the CommonJS build may be loaded side by side. */
const ENGINE = Symbol.for('@stepgate/node engine 1')

export function attachEngine(stepgate: object, engine: Engine): void {
  Object.defineProperty(stepgate, ENGINE, { value: engine, enumerable: false })
}

/** Throws when it is handed something that `createStepgate` did not make. */
export function engineOf(stepgate: unknown): Engine {
  const engine = (Object(stepgate) as { [ENGINE]?: Engine })[ENGINE]
  if (engine === undefined) throw new StepgateUsageError('not-a-stepgate', 'hand over what createStepgate() answered')
  return engine
}
