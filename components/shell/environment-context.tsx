'use client'
import { useParams } from 'next/navigation'

/** The environment that the address names. */
export function useEnvironment(): string {
  const { environment } = useParams<{ environment: string }>()
  return environment
}

/** Turns a path of the console without its environment (`/endpoints/…`) into an address. */
export const toEnvironmentPath = (environment: string, path: string): string => `/e/${environment}${path}`

export function useEnvironmentPath(): (path: string) => string {
  const environment = useEnvironment()
  return (path) => toEnvironmentPath(environment, path)
}
