export interface Step {
  readonly name: string
  readonly after: readonly string[]
  readonly inputs: readonly string[]
  readonly output: string
  readonly command: 'npm' | 'node'
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export const PACKAGES: Step
export const DATABASE_CLIENT: Step
export const SERVER: Step
export const SDK: Step
export const COMPILE_CACHE: string
export const CONSOLE: Step
export const STEPS: Readonly<Record<string, Step>>
export function hashContent(root: string, paths: readonly string[]): string
export function isStale(root: string, step: Step): boolean
export function markDone(root: string, step: Step, hash: string): void
export function toStepEnvironment(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  additions?: Readonly<Record<string, string>>,
): Record<string, string | undefined>
