import type { Stepgate } from '../../stepgate.ts'

/** Next loads a module once for each bundle it is part of, and again when it has changed: what has to be one is kept here. */
const STEPGATE = Symbol.for('@stepgate/node next 1')

/** `next build` loads route handlers to look at them. That is no start of the service. */
export const isBuild = (): boolean => process.env['NEXT_PHASE'] === 'phase-production-build'

/** The middleware of this process, made when it is first asked for. */
export function processStepgate(create: () => Stepgate): Stepgate {
  const holder = globalThis as { [STEPGATE]?: Stepgate } // read and written here alone
  const made = holder[STEPGATE] ?? create()
  holder[STEPGATE] = made
  return made
}
