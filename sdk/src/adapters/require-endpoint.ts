import { METHODS } from 'node:http'
import { StepgateUsageError } from '../errors.ts'

function findProblem(method: unknown, path: unknown, handler: unknown): string | null {
  if (typeof method !== 'string' || !METHODS.includes(method.toUpperCase())) return `"${String(method)}" is no method`
  if (typeof path !== 'string' || !path.startsWith('/')) return `"${String(path)}" is no path: it begins with a slash`
  return typeof handler === 'function' ? null : `${method} ${path} has no handler`
}

/** Throws for an endpoint that nobody could ask for: parameters that were swapped would guard nothing. */
export function requireEndpoint(method: unknown, path: unknown, handler: unknown): void {
  const problem = findProblem(method, path, handler)
  if (problem !== null) throw new StepgateUsageError('endpoint-unusable', problem)
}
